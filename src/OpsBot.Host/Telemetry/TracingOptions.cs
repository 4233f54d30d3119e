using System.ComponentModel.DataAnnotations;

namespace OpsBot.Host.Telemetry;

/// <summary>Where traces go.</summary>
/// <remarks>
/// <code>
/// telemetry.otlp:
///   endpoint: http://collector:4318
///   protocol: http/protobuf           # or grpc
///   headers: { authorization: "Bearer …" }
///   sampling: 1.0
/// </code>
/// </remarks>
public sealed class TracingOptions : IValidatableObject
{
    public const string HttpProtobuf = "http/protobuf";

    /// <summary>Address of an OpenTelemetry collector, or of whatever else takes OTLP. Default: none, and nothing is traced.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary><c>http/protobuf</c>, which is sent to <c>/v1/traces</c> where the endpoint names no path, or <c>grpc</c>. Default <c>http/protobuf</c>.</summary>
    [Required, RegularExpression("^(http/protobuf|grpc)$", ErrorMessage = "must be http/protobuf or grpc")]
    public string Protocol { get; set; } = HttpProtobuf;

    /// <summary>Headers of each export; they may be secrets.</summary>
    [MaxLength(20)]
    public Dictionary<string, string> Headers { get; set; } = [];

    /// <summary>The share of events whose trace is exported, each as a whole or not at all. Default 1.</summary>
    [Range(0.0, 1.0)]
    public double Sampling { get; set; } = 1;

    /// <summary>Where exports go, with the path that the protocol wants.</summary>
    internal Uri Address => Protocol == HttpProtobuf && Endpoint!.AbsolutePath == "/" ? new Uri(Endpoint, "/v1/traces") : Endpoint!;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint is not null && (Endpoint.Scheme is not ("http" or "https") || Endpoint.UserInfo.Length > 0))
        {
            yield return new ValidationResult("must be http:// or https://, without user and password; what a collector wants to know of us belongs into headers", [nameof(Endpoint)]);
        }
    }
}
