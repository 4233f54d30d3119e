namespace OpsBot.Runtime.Secrets;

/// <summary>A value that must not be shown. Whatever prints, logs or serialises it by accident gets <c>***</c>.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(SecretJsonConverter))]
public sealed class Secret : IEquatable<Secret>
{
    private readonly string _value;

    public Secret(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        _value = value;
    }

    /// <summary>The value itself, for the one place that sends it.</summary>
    public string Reveal() => _value;

    public override string ToString() => "***";

    /// <summary>Takes the same time wherever the two differ.</summary>
    public bool Equals(Secret? other) => other is not null && System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(_value.AsSpan()), System.Runtime.InteropServices.MemoryMarshal.AsBytes(other._value.AsSpan()));

    public override bool Equals(object? obj) => Equals(obj as Secret);

    public override int GetHashCode() => _value.GetHashCode(StringComparison.Ordinal);

    private sealed class SecretJsonConverter : System.Text.Json.Serialization.JsonConverter<Secret>
    {
        public override Secret? Read(ref System.Text.Json.Utf8JsonReader reader, Type typeToConvert, System.Text.Json.JsonSerializerOptions options) =>
            throw new NotSupportedException("A secret is never read from JSON: name a file that holds it.");

        public override void Write(System.Text.Json.Utf8JsonWriter writer, Secret value, System.Text.Json.JsonSerializerOptions options) =>
            writer.WriteStringValue("***");
    }
}
