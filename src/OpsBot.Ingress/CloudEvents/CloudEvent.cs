using System.Text.Json;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.CloudEvents;

/// <summary>The envelope and the data of one event of ours.</summary>
internal sealed class CloudEvent(JsonView envelope, JsonView data)
{
    public JsonView Data => data.IsObject ? data : throw (data.Exists ? data.Wrong("is not an object") : envelope["data"].Missing());

    public DateTimeOffset? Time => envelope["time"].Time();

    /// <summary>
    /// What the event is about: <c>data.key</c>, else the envelope's subject, together with the envelope's source, because two senders
    /// may use the same key.
    /// </summary>
    public string Key
    {
        get
        {
            var key = Data["key"].Text(int.MaxValue) ?? envelope["subject"].Text(int.MaxValue)
                ?? throw new UnreadableException("data.key", "missing; give data.key or the attribute subject");
            return Bounds.Key($"{envelope["source"].RequiredText(int.MaxValue)}#{key}");
        }
    }

    public IReadOnlyDictionary<string, string> Facts => new Facts()
        .Add("deliveryId", envelope["id"])
        .Add("eventSource", envelope["source"])
        .Add("subject", envelope["subject"])
        .AddAll(Reading.Facts.Map(Data["facts"], Bounds.Summary, Bounds.Diff))
        .ToDictionary();

    public IReadOnlyList<string> Links
    {
        get
        {
            var links = new LinkList();
            foreach (var link in Data["links"].Items())
                links.Add(link);
            return links.ToList();
        }
    }

    /// <summary>The document in <c>data_base64</c>; null where the data is not given that way.</summary>
    public static JsonDocument? EmbeddedData(JsonView envelope)
    {
        var encoded = envelope["data_base64"];
        if (!encoded.Exists)
            return null;
        var text = encoded.RequiredText(int.MaxValue);
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length))
            throw encoded.Wrong("is not base64");
        try
        {
            return JsonBody.Parse(bytes.AsMemory(0, length));
        }
        catch (NotJsonException)
        {
            throw encoded.Wrong("does not hold JSON");
        }
    }

    /// <summary>The value of a word list; the error lists the words.</summary>
    public static T Word<T>(JsonView value, IReadOnlyDictionary<string, T> words) =>
        words.TryGetValue(value.RequiredText().ToLowerInvariant(), out var word)
            ? word
            : throw value.Wrong($"is none of {string.Join(", ", words.Keys)}");
}
