using System.ComponentModel.DataAnnotations;

namespace OpsBot.Tests.Host.Configuration;

public enum SampleMode
{
    Embedded,
    SeveralHosts,
}

/// <summary>One option of every shape that options classes use.</summary>
public sealed class SampleOptions : IValidatableObject
{
    [Range(1, 100)]
    public int Limit { get; set; } = 10;

    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    public bool Enabled { get; set; }

    public double Floor { get; set; } = 0.5;

    public SampleMode Mode { get; set; }

    public Uri? Url { get; set; }

    public string? Name { get; set; }

    public List<string> Secrets { get; set; } = [];

    public IReadOnlyList<Uri> Urls { get; set; } = [new Uri("http://127.0.0.1:8080")];

    public int[] Ports { get; set; } = [1, 2];

    public IReadOnlySet<string> Labels { get; set; } = new HashSet<string>();

    public IList<string> Filled { get; } = ["default"];

    public Dictionary<string, string> Services { get; set; } = new() { ["a"] = "kept" };

    public IReadOnlyDictionary<string, SampleSender> Senders { get; set; } = new Dictionary<string, SampleSender>();

    public SampleSender? Optional { get; set; }

    public SampleSender Nested { get; set; } = new();

    public List<SampleSender> Many { get; set; } = [];

    public int? MaxRows { get; set; }

    public string Computed => $"{Name} is not an option";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Enabled && Url is null)
        {
            yield return new ValidationResult("needs a url when enabled is true", [nameof(Enabled)]);
        }
    }
}

public sealed class SampleSender
{
    [MinLength(8)]
    public string? Token { get; set; }

    [Range(1, 100)]
    public int MaxBodyMiB { get; set; } = 8;
}

public sealed class SampleRequired
{
    [Required]
    public string? Region { get; set; }
}
