using OpsBot.Runtime.Redaction;
using OpsBot.Signals.LogTemplates;

namespace OpsBot.Evidence;

/// <summary>Takes secrets out of what a source saw, before anybody else sees it.</summary>
internal static class RedactedText
{
    public static LogDigest Redact(this IRedactor redactor, LogDigest digest) => digest with
    {
        Templates = [.. digest.Templates.Select(t => t with
        {
            Template = redactor.Redact(t.Template),
            Samples = [.. t.Samples.Select(redactor.Redact)],
        })],
    };
}
