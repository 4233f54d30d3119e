using OpsBot.Signals.Canary;

namespace OpsBot.Canaries;

/// <summary>A simulated canary that is looked at every minute until there is a verdict.</summary>
internal static class CanaryRun
{
    /// <returns>The verdict and the minute of it.</returns>
    public static (CanaryCall Call, int Minute) Of(CanaryWorld world, IReadOnlyList<CanarySample> samples, double alpha = 0.05)
    {
        var test = new CanaryTest(new CanaryPlan([world.Metric], alpha));
        for (var minute = 0; minute < samples.Count; minute++)
        {
            test.Add([samples[minute]]);
            if (test.Call(isOver: minute == samples.Count - 1) is not CanaryCall.GoOn and var call)
                return (call, minute + 1);
        }

        return (CanaryCall.GoOn, samples.Count);
    }
}
