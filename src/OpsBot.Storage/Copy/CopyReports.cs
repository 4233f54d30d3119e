namespace OpsBot.Storage.Copy;

/// <summary>What a copy would do, found without changing anything.</summary>
/// <param name="Schema">Migration that the source is at.</param>
/// <param name="NewestSchema">Migration that it is brought to first.</param>
/// <param name="To">Server and database; null where none is named.</param>
/// <param name="Rows">Rows by table.</param>
/// <param name="Held">Rows that somebody holds a lease on: given back before the copy.</param>
/// <param name="Bound">Unhandled rows that only one data folder may handle, by its name.</param>
/// <param name="Replaced">Rows with characters that PostgreSQL cannot hold: U+FFFD stands there afterwards.</param>
/// <param name="Resumes">Whether the target holds an interrupted copy of this source, which goes on.</param>
/// <param name="Problems">Why it would be refused now.</param>
public sealed record CopyPlan(
    string From, int Schema, int NewestSchema, string? To, IReadOnlyDictionary<string, long> Rows, long Held,
    IReadOnlyDictionary<string, long> Bound, long Replaced, bool Resumes, IReadOnlyList<string> Problems);

/// <summary>What a copy did.</summary>
/// <param name="Copied">Rows copied now; what an interrupted copy had done is not among them.</param>
/// <param name="Rows">Rows by table, equal on both sides.</param>
/// <param name="Replaced">Rows by table in which U+FFFD stands for what PostgreSQL cannot hold.</param>
/// <param name="WasDone">Whether it had been done before: nothing happened.</param>
public sealed record CopyOutcome(
    string From, string To, long Copied, IReadOnlyDictionary<string, long> Rows, IReadOnlyDictionary<string, long> Replaced,
    IReadOnlyDictionary<string, long> Bound, bool WasDone);
