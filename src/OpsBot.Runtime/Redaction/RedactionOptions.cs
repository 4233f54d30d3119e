namespace OpsBot.Runtime.Redaction;

// redaction:
//   emails: false          also take e-mail addresses out

/// <summary>What is taken out besides secrets.</summary>
public sealed class RedactionOptions
{
    /// <summary>Whether e-mail addresses are taken out too. Off by default: who was told is often what people look for.</summary>
    public bool Emails { get; set; }
}
