namespace OpsBot.Runtime.Redaction;

/// <summary>A secret found in a text.</summary>
/// <param name="Kind">What stands in its place: <c>[redacted:kind]</c>.</param>
internal readonly record struct Finding(int Start, int End, string Kind);
