using OpsBot.Runtime.Redaction;
using OpsBot.Signals.TrainingLogs;

namespace OpsBot.Evidence.Training.Logs;

/// <summary>Lines without a metric: the latest, and of those before them the ones that name a fault.</summary>
internal sealed class TakenLines(int max, IRedactor redactor)
{
    private const int MaxChars = 2_000;

    private readonly Queue<string> _faults = new();
    private readonly Queue<string> _latest = new();

    public void Add(string line)
    {
        if (string.IsNullOrWhiteSpace(line) || max == 0)
            return;
        _latest.Enqueue(line.Length > MaxChars ? line[..MaxChars] : line);
        if (_latest.Count <= max)
            return;
        var old = _latest.Dequeue();
        if (_faults.Count < max && TrainingFaultLine.Read(old) is not null)
            _faults.Enqueue(old);
    }

    public IReadOnlyList<string> ToList() => [.. _faults.Concat(_latest.Skip(Math.Max(0, _faults.Count + _latest.Count - max))).Select(redactor.Redact)];
}
