using System.Globalization;
using System.Text;

namespace OpsBot.Benchmarks.Load;

/// <summary>
/// What a monitoring system sends under load: most alerts repeat what is known and still fires, some resolve and fire again, and one in fifty is new
/// and opens an incident of its own.
/// </summary>
/// <param name="keys">Alerts that repeat; each is of one of the services, of which each is an environment of its own, so that they do not all become one incident.</param>
internal sealed class AlertMix(int keys, int services, int newOneIn)
{
    private const string Bearer = "a-bearer-of-the-load";

    public const string Senders = $"senders: {{ cloudevents: {{ bearer: {Bearer} }} }}";

    private static readonly string Run = Guid.NewGuid().ToString("N")[..8];

    /// <summary>The whole HTTP request of the <paramref name="number"/>th alert; the same number gives the same alert.</summary>
    public byte[] Request(long number, string host)
    {
        var isNew = newOneIn > 0 && number % newOneIn == 0;
        // spread so that neighbours in time are strangers
        var key = isNew ? number : number * 7919 % keys;
        var service = isNew ? $"new-{number.ToString(CultureInfo.InvariantCulture)}" : $"svc-{(key % services).ToString(CultureInfo.InvariantCulture)}";
        var status = !isNew && number * 31 % 100 < 5 ? "resolved" : "firing";
        var body = $$$"""
            {"specversion":"1.0","id":"{{{Run}}}-{{{number}}}","source":"/load","type":"opsbot.alert.v1","time":"{{{TimeProvider.System.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ}}}","data":{"key":"{{{(isNew ? "n" : "k")}}}{{{key}}}","status":"{{{status}}}","title":"{{{service}}} answers slowly","service":"{{{service}}}","severity":"{{{(key % 3 == 0 ? "critical" : "warning")}}}","environment":"{{{service}}}","summary":"p99 of {{{service}}} is above its limit for 5 minutes","labels":{"alertname":"SlowAnswers","service":"{{{service}}}","instance":"10.0.{{{key % 250}}}.{{{number % 250}}}:9090","team":"payments"} } }
            """;
        return Encoding.ASCII.GetBytes(
            $"POST /webhooks/cloudevents HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {Bearer}\r\nContent-Type: application/cloudevents+json\r\nContent-Length: {body.Length.ToString(CultureInfo.InvariantCulture)}\r\n\r\n{body}");
    }
}
