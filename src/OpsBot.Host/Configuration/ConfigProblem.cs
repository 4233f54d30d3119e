namespace OpsBot.Host.Configuration;

/// <summary>One thing that is wrong with the configuration. Never carries a secret.</summary>
/// <param name="File">The file as it was given, or <c>environment OPSBOT__…</c>.</param>
/// <param name="Line">Counted from 1; 0 where the problem has no line.</param>
/// <param name="Message">What is wrong, the bound, and what to write instead.</param>
public sealed record ConfigProblem(string File, int Line, string Message)
{
    /// <summary><c>opsbot.yaml:12: message</c>, the form that editors and terminals make clickable.</summary>
    public override string ToString() => Line > 0 ? $"{File}:{Line}: {Message}" : $"{File}: {Message}";
}
