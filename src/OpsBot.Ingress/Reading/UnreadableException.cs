namespace OpsBot.Ingress.Reading;

/// <summary>JSON that we cannot read; becomes <see cref="Normalised.Unreadable"/> in one place.</summary>
internal sealed class UnreadableException(string field, string reason) : Exception($"{field}: {reason}")
{
    public string Field { get; } = field;

    public string Reason { get; } = reason;
}
