using OpsBot.Ingress.Reading;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.Mapped;

/// <summary>A sender whose bodies a mapping reads: one alert a body, a list of them inside, or an array of bodies, each a delivery of its own.</summary>
internal sealed class MappedFormat(string source, Mapping mapping) : WebhookFormat
{
    public override string Source => source;

    public override bool Keeps(string header) => base.Keeps(header) || mapping.Reads(header);

    public override string? DeliveryKey(WebhookHeaders headers, JsonView body) => mapping.DeliveryKey(headers, body);

    public override IEnumerable<Part> Parts(WebhookHeaders headers, ReadOnlyMemory<byte> body)
    {
        if (JsonBody.Elements(body) is not { } bodies)
            return [new Part(headers, body, body)];
        if (bodies.Count > Bounds.Items)
            throw new UnreadableException("$", $"{bodies.Count} alerts in one body; at most {Bounds.Items} are read");
        return [.. bodies.Select(text => new Part(headers, text, text))];
    }

    public override Normalised Normalise(WebhookHeaders headers, JsonView body)
    {
        if (!body.IsObject)
            throw body.Wrong("is not an object");
        if (mapping.List is { } list)
            return ReadList(headers, body, list);
        var (happened, why) = mapping.Read(source, headers, body, body, new SharedReadings());
        return happened is null ? new Normalised.Nothing(why) : new Normalised.Events([happened]);
    }

    private Normalised ReadList(WebhookHeaders headers, JsonView body, JsonPath path)
    {
        var list = path.Select(body).FirstOrDefault() ?? throw new UnreadableException(path.Text, "missing");
        // null stands where an alert was read before
        var alerts = list.Items().Where(alert => alert.Exists).ToList();
        if (alerts.Count == 0)
            return list.Items().Any() ? throw list.Wrong("holds null and no alert") : new Normalised.Nothing("the list has no alerts");
        if (alerts.Count > Bounds.Items)
            throw new UnreadableException(path.Text, $"{alerts.Count} alerts in one body; at most {Bounds.Items} are read");
        var shared = new SharedReadings();
        var events = new List<NormalisedEvent>();
        var unread = new List<(int Index, UnreadableException Why)>();
        var nothing = "";
        foreach (var alert in alerts)
        {
            try
            {
                var (happened, why) = mapping.Read(source, headers, body, alert.IsObject ? alert : throw alert.Wrong("is not an object"), shared);
                if (happened is not null)
                    events.Add(happened);
                else
                    nothing = why;
            }
            catch (UnreadableException wrong)
            {
                unread.Add((alert.Index, wrong));
            }
        }

        if (unread.Count == 0)
            return events.Count > 0 ? new Normalised.Events(events) : new Normalised.Nothing(nothing);
        var first = unread[0].Why;
        if (events.Count == 0)
            throw first;
        var rest = body.WithOnly(path.Names!, unread.Select(one => one.Index).ToHashSet());
        return new Normalised.Events(events) { Rest = new UnreadRest(rest, new Normalised.Unreadable(first.Field, first.Reason)) };
    }
}
