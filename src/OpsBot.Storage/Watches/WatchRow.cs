using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Threads;
using OpsBot.Contracts.Watches;
using OpsBot.Storage.Incidents;

namespace OpsBot.Storage.Watches;

/// <summary>A row of <c>watches</c>. Properties rather than a constructor: a column that is null has no type that one could be matched by.</summary>
internal sealed record WatchRow
{
    public const string Select =
        """
        select w.id as Id, w.title as Title, w.kind as Kind, w.spec as Spec, w.status as Status, w.interval_ms as IntervalMs, w.deadline_at as DeadlineAt,
          w.blind_after as BlindAfter, w.owner as Owner, w.environment as Environment, w.service as Service, w.place as Place, w.incident_id as IncidentId,
          w.own_thread as OwnThread, w.declared as Declared, w.subject as Subject, w.created_at as CreatedAt, w.tick as Tick, w.generation as Generation, w.last_tick_at as LastTickAt,
          w.next_due_at as NextDueAt, w.missed as Missed, w.latest_ms as LatestMs, w.blind as Blind, w.said as Said, w.progress as Progress, w.verdict as Verdict,
          w.ended_at as EndedAt
        from watches w
        """;

    public long Id { get; init; }

    public string Title { get; init; } = "";

    public string Kind { get; init; } = "";

    public string Spec { get; init; } = "";

    public string Status { get; init; } = "";

    public long IntervalMs { get; init; }

    public long DeadlineAt { get; init; }

    public long BlindAfter { get; init; }

    public string Owner { get; init; } = "";

    public string Environment { get; init; } = "";

    public string? Service { get; init; }

    public string? Place { get; init; }

    public long? IncidentId { get; init; }

    public long OwnThread { get; init; }

    public string? Declared { get; init; }

    public string? Subject { get; init; }

    public long CreatedAt { get; init; }

    public long Tick { get; init; }

    public long Generation { get; init; }

    public long? LastTickAt { get; init; }

    public long? NextDueAt { get; init; }

    public long Missed { get; init; }

    public long LatestMs { get; init; }

    public long Blind { get; init; }

    public long Said { get; init; }

    public string Progress { get; init; } = "";

    public string? Verdict { get; init; }

    public long? EndedAt { get; init; }

    public static WatchRow Of(Watch watch) => new()
    {
        Id = watch.Id,
        Title = watch.Title,
        Kind = watch.Kind,
        Spec = watch.Spec,
        Status = Word(watch.Status),
        IntervalMs = (long)watch.Interval.TotalMilliseconds,
        DeadlineAt = watch.Deadline.ToUnixTimeMilliseconds(),
        BlindAfter = watch.BlindAfter,
        Owner = watch.Owner,
        Environment = watch.Environment,
        Service = watch.Service,
        Place = watch.Place is null ? null : IncidentTable.Write(watch.Place),
        IncidentId = watch.AttachedTo,
        OwnThread = watch.OwnThread ? 1 : 0,
        Declared = watch.Declared,
        Subject = watch.Subject,
        CreatedAt = watch.CreatedAt.ToUnixTimeMilliseconds(),
        Tick = watch.Tick,
        Generation = watch.Generation,
        LastTickAt = watch.LastTickAt?.ToUnixTimeMilliseconds(),
        NextDueAt = watch.NextDueAt?.ToUnixTimeMilliseconds(),
        Missed = watch.Missed,
        LatestMs = (long)watch.Latest.TotalMilliseconds,
        Blind = watch.Blind,
        Said = watch.Said,
        Progress = IncidentTable.Write(new WatchProgress(watch.Cursor, watch.State, watch.Reading, watch.Problems)),
        Verdict = watch.Verdict is null ? null : IncidentTable.Write(watch.Verdict),
        EndedAt = watch.Verdict?.At.ToUnixTimeMilliseconds(),
    };

    public Watch ToWatch()
    {
        var progress = IncidentTable.Read<WatchProgress>(Progress);
        return new Watch
        {
            Id = Id,
            Title = Title,
            Kind = Kind,
            Spec = Spec,
            Status = JsonSerializer.Deserialize<WatchStatus>($"\"{Status}\"", OpsBotJson.Options),
            Interval = TimeSpan.FromMilliseconds(IntervalMs),
            Deadline = Time(DeadlineAt),
            BlindAfter = (int)BlindAfter,
            Owner = Owner,
            Environment = Environment,
            Service = Service,
            Place = Place is null ? null : IncidentTable.Read<ChatPlace>(Place),
            AttachedTo = IncidentId,
            OwnThread = OwnThread != 0,
            Declared = Declared,
            Subject = Subject,
            CreatedAt = Time(CreatedAt),
            Tick = Tick,
            Generation = Generation,
            LastTickAt = LastTickAt is { } last ? Time(last) : null,
            NextDueAt = NextDueAt is { } next ? Time(next) : null,
            Missed = Missed,
            Latest = TimeSpan.FromMilliseconds(LatestMs),
            Blind = (int)Blind,
            Said = (int)Said,
            Cursor = progress.Cursor,
            State = progress.State,
            Reading = progress.Reading,
            Problems = progress.Problems,
            Verdict = Verdict is null ? null : IncidentTable.Read<WatchVerdict>(Verdict),
        };
    }

    public static string Word<T>(T value)
        where T : struct, Enum => IncidentTable.Word(value);

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}

/// <summary>What changes with every tick, in one column.</summary>
internal sealed record WatchProgress(string? Cursor, string? State, WatchReading Reading, IReadOnlyList<WatchProblem> Problems);
