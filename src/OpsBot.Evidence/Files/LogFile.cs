namespace OpsBot.Evidence.Files;

/// <summary>A log file that may hold records of the period.</summary>
/// <param name="RelativePath">Below the folder, with <c>/</c>.</param>
/// <param name="Stem">The path without what rotation adds: files of one stem are one log.</param>
internal sealed record LogFile(string FullPath, string RelativePath, string Stem, DateTimeOffset ModifiedAt, long Length)
{
    public bool IsGzip => RelativePath.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    /// <summary><c>app.log.2.gz</c>, <c>app.log-20260301</c>, <c>app.2026-03-01.log</c> → <c>app.log</c>.</summary>
    public static string StemOf(string path)
    {
        var slash = path.LastIndexOf('/') + 1;
        var name = path[slash..];
        if (name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) name = name[..^3];
        var end = name.Length;
        while (end > 0 && (char.IsAsciiDigit(name[end - 1]) || name[end - 1] is '-' or '_' or '.')) end--;
        if (end > 0 && end < name.Length) name = name[..end];
        var dot = name.LastIndexOf('.');
        if (dot > 0)
        {
            var cut = dot;
            while (cut > 0 && (char.IsAsciiDigit(name[cut - 1]) || name[cut - 1] is '-' or '_' or '.')) cut--;
            if (cut > 0 && dot - cut >= 5) name = string.Concat(name.AsSpan(0, cut), name.AsSpan(dot));
        }

        return string.Concat(path.AsSpan(0, slash), name);
    }
}
