using OpsBot.Ingress.Reading;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.Mapped;

/// <summary>What a template is filled from: one alert and the body around it.</summary>
/// <param name="Headers">Of the delivery.</param>
/// <param name="Body">The whole body.</param>
/// <param name="Alert">The alert; the body itself where it holds no list.</param>
/// <param name="Blank">Texts that mean nothing.</param>
/// <param name="Shared">What was read from the body already, for all alerts of the list.</param>
internal sealed record MappedScope(
    WebhookHeaders Headers, JsonView Body, JsonView Alert, IReadOnlySet<string> Blank, SharedReadings Shared)
{
    /// <summary>Read before anything else.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public bool IsBody => ReferenceEquals(Body, Alert);

    public bool IsBlank(string text) => string.IsNullOrWhiteSpace(text) || Blank.Contains(text);
}

/// <summary>What was read from the whole body: the same for each of its alerts, however many there are, and so read once.</summary>
internal sealed class SharedReadings
{
    private readonly Dictionary<(Hole, TextLimit), IReadOnlyList<Found>> _texts = [];
    private readonly Dictionary<(JsonPath, int), IReadOnlyList<(string Name, string Value)>> _labels = [];

    public IReadOnlyList<Found> Texts(Hole hole, TextLimit limit, Func<IReadOnlyList<Found>> read) =>
        _texts.TryGetValue((hole, limit), out var known) ? known : _texts[(hole, limit)] = read();

    public IReadOnlyList<(string Name, string Value)> Labels(JsonPath path, int max, Func<IReadOnlyList<(string Name, string Value)>> read) =>
        _labels.TryGetValue((path, max), out var known) ? known : _labels[(path, max)] = read();
}
