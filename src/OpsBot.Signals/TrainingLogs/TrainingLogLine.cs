using System.Text.RegularExpressions;
using OpsBot.Contracts.Training;
using OpsBot.Runtime.Text;

namespace OpsBot.Signals.TrainingLogs;

/// <summary>
/// Reads what one line of a training log measures: Megatron's iteration lines, Hugging Face's and JSON dictionaries, progress bars with metrics
/// (PyTorch Lightning, tqdm), Keras, plain pairs. The line is a stranger's text and is only ever read.
/// </summary>
public static class TrainingLogLine
{
    private const string Rate = "it/s";
    private const int MaxShown = 50;

    /// <summary>The point of this line, null where it measures nothing, and what to read the next line with.</summary>
    public static (CurvePoint? Point, TrainingLogState State) Read(string line, TrainingLogState state)
    {
        var text = TerminalLine.Clean(line);
        try
        {
            return text.AsSpan().IsWhiteSpace() ? (null, state) : ReadClean(text, state);
        }
        catch (RegexMatchTimeoutException)
        {
            // no line of a trainer takes long; one that is made to is not worth more
            return (null, state);
        }
    }

    private static (CurvePoint? Point, TrainingLogState State) ReadClean(string text, TrainingLogState state)
    {
        if (MegatronLine.Read(text) is { } iteration)
            return Place(iteration, state);
        // one dictionary may follow a bar on the same line, where the bar goes to standard error and the dictionary does not
        if (DictionaryLine.Read(text) is { Values.Count: > 0 } dictionary && (dictionary.Step is not null || dictionary.HasMeasure))
            return OfDictionary(dictionary, BarLine.Read(text) is { Metrics.Count: 0 } before ? Drawn(before, state) : state);
        if (BarLine.Read(text) is { } bar)
            return OfBar(bar, state);
        if (PairsLine.Heading(text) is { } heading)
            return (null, state with { Heading = heading });
        return PairsLine.Read(text) is { } pairs ? OfPairs(text, pairs, state) : (null, state);
    }

    private static (CurvePoint? Point, TrainingLogState State) OfDictionary(LineReading reading, TrainingLogState state)
    {
        if (reading.Step is not null || reading.IsValidationOnly)
            return Place(reading, state);
        // the summary at the end of a run repeats nothing that was measured at a step
        if (reading.Values.ContainsKey("train_runtime"))
            return (null, state);
        // the bar that is there when a training loss is logged is the one of the training; evaluation draws another between
        if (state.LastBar is { } last && (state.TrainingBar is null || state.TrainingBar.Total == last.Total))
            state = state with { TrainingBar = last };
        reading.Step = state.TrainingBar is { } bar && bar.Done > (state.Step ?? 0) ? bar.Done : ByEpoch(reading, state);
        return Place(reading, state, counted: true);
    }

    // between two bars (or without any) the epoch tells how far it went
    private static long? ByEpoch(LineReading reading, TrainingLogState state) =>
        state is { Step: > 0 and var step, Epochs: > 0 and var before } && reading.Epoch > before
            ? Math.Max(step + 1, (long)Math.Round(step * reading.Epoch.Value / before))
            : null;

    private static (CurvePoint? Point, TrainingLogState State) OfBar(BarLine bar, TrainingLogState state)
    {
        if (bar.IsAside)
            return (null, state);
        if (bar.Metrics.Count == 0)
            return OfPlainBar(bar, state);
        var reading = new LineReading();
        foreach (var (name, text) in bar.Metrics)
            reading.Take(name, text);
        if (!reading.HasMeasure && reading.Step is null)
            return (null, state);
        var shown = new Dictionary<string, string>();
        foreach (var (name, text) in bar.Metrics.Where(metric => MetricNames.IsValidation(metric.Name)).Take(MaxShown))
        {
            shown[name] = text;
            if (state.Shown.TryGetValue(name, out var before) && before == text)
                reading.Drop(name);
        }

        reading.Step ??= bar.Steps;
        var moved = reading.Step != state.Step;
        if (!moved)
        {
            foreach (var name in reading.Values.Keys.Where(name => !MetricNames.IsValidation(name)).ToList())
                reading.Drop(name);
        }
        else if (bar.PerSecond is { } rate)
        {
            reading.Take(Rate, rate.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
        }

        return reading.Values.Count == 0 ? (null, state with { Shown = shown }) : Place(reading, state with { Shown = shown });
    }

    /// <summary>A bar without metrics says that the run moves, and how fast, once it is known to be the training's.</summary>
    private static (CurvePoint? Point, TrainingLogState State) OfPlainBar(BarLine bar, TrainingLogState state)
    {
        if (bar.Description.Length > 0)
            return (null, state);
        var next = Drawn(bar, state);
        // the bar is drawn again and again; what did not move is no news
        if (next.StatesSteps || state.TrainingBar is not { } before || before.Total != bar.At.Total || bar.At.Done <= before.Done || bar.PerSecond is not { } rate)
            return (null, next);
        return (new CurvePoint(bar.At.Done, null, new Dictionary<string, double> { [Rate] = rate }), next);
    }

    private static TrainingLogState Drawn(BarLine bar, TrainingLogState state) => bar.Description.Length > 0 ? state : state with
    {
        LastBar = bar.At,
        TrainingBar = state.TrainingBar?.Total == bar.At.Total ? bar.At : state.TrainingBar,
    };

    private static (CurvePoint? Point, TrainingLogState State) OfPairs(string text, LineReading reading, TrainingLogState state)
    {
        if (reading.Step is null && PairsLine.KerasBar(text) is { } bar)
            reading.Step = (Math.Max(1, state.Heading ?? 1) - 1) * bar.Total + bar.Done;
        if (reading.Step is null && reading is { EpochIsWhole: true, Epoch: { } epoch } && !state.StatesSteps && NumberText.Step(epoch) is { } whole)
            return Place(At(reading, whole), state, counted: true);
        return Place(reading, PerEpoch(reading, state));
    }

    /// <summary>Where steps begin again with every epoch, the step of this line is told from the start.</summary>
    private static TrainingLogState PerEpoch(LineReading reading, TrainingLogState state)
    {
        if (reading is not { Step: { } step, Total: { } total, Epoch: { } stated } || NumberText.Step(stated) is not { } epoch)
            return state;
        var first = state.FirstEpoch ?? epoch;
        var again = state.StepsPerEpoch || (state.LastEpoch < epoch && step < state.Step);
        if (again)
            reading.Step = Math.Max(0, epoch - first) * total + step;
        return state with { FirstEpoch = first, LastEpoch = epoch, StepsPerEpoch = again };
    }

    private static LineReading At(LineReading reading, long step)
    {
        reading.Step = step;
        return reading;
    }

    private static (CurvePoint? Point, TrainingLogState State) Place(LineReading reading, TrainingLogState state, bool counted = false)
    {
        if (reading.Values.Count == 0)
            return (null, state);
        // what states no step belongs to the last one where it is validation, or where the log states steps elsewhere; else it is the next
        var follows = reading.IsValidationOnly || state.StatesSteps;
        var step = reading.Step ?? (follows ? state.Step ?? 0 : (state.Step ?? 0) + 1);
        var next = state with
        {
            Step = step,
            StatesSteps = state.StatesSteps || (reading.Step is not null && !counted),
            Epochs = reading.IsValidationOnly ? state.Epochs : reading.Epoch ?? state.Epochs,
        };
        return (new CurvePoint(step, reading.At, reading.Values), next);
    }
}
