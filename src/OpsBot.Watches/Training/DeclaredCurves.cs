using Microsoft.Extensions.Options;
using OpsBot.Contracts.Ports;
using OpsBot.Evidence.Training;
using OpsBot.Watches.Declared;

namespace OpsBot.Watches.Training;

/// <summary>Opens the sources that the declared watches name.</summary>
internal sealed class DeclaredCurves(IOptions<WatchesOptions> options, CurveSources sources) : ICurveSources
{
    public ICurveSource Open(string declared, IReadOnlyDictionary<string, string> words) =>
        options.Value.Find(one => one.Name.Equals(declared, StringComparison.OrdinalIgnoreCase)) is { Training.Curve: { } curve }
            ? sources.Open(curve, words)
            : throw new FormatException($"the configuration declares no training watch '{declared}' any more, which said where the metrics are");
}
