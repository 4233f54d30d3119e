namespace OpsBot.Runtime.Redaction;

/// <summary>Takes secrets out of text before it is shown, logged, journalled or exported.</summary>
public interface IRedactor
{
    /// <summary>The text with every secret replaced by <c>[redacted:kind]</c>.</summary>
    string Redact(string text);
}
