using System.ComponentModel.DataAnnotations;
using OpsBot.Signals.ApiDiff;

namespace OpsBot.Evidence.Contracts;

// contracts:
//   allow: ["https://artifacts.example.com/contracts/"]
//   timeout: 10s
//   maxBytes: 4194304

/// <summary>Where API descriptions that deploy events link may be fetched.</summary>
public sealed class ContractOptions : IValidatableObject
{
    public const string Section = "contracts";

    /// <summary>A link is fetched only where it is below one of these. Default: none is.</summary>
    [MaxLength(100)]
    public List<string> Allow { get; set; } = [];

    /// <summary>Longest for one document, from the first to the last byte.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    [Range(1_024, ApiReader.MaxBytes)]
    public int MaxBytes { get; set; } = ApiReader.MaxBytes;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Allow
        .Where(prefix => AllowedAddresses.Prefix(prefix) is null)
        .Select(prefix => new ValidationResult($"'{prefix}' is no http or https address to begin with; write 'https://host/path/' without a query or a user", [nameof(Allow)]));
}
