using System.Globalization;
using System.Text;

namespace OpsBot.Benchmarks.LogTemplates;

/// <summary>Log lines of our own making: 40 templates with numbers, addresses, ids and names that vary, the same for the same seed.</summary>
internal static class LogLines
{
    private static readonly string[] Shapes =
    [
        "GET /api/v1/cart/{n} 200 {n}ms from {ip}", "user {w} logged in from {ip}:{n}", "connection to {w}-db:5432 refused after {n} attempts", "cache miss key=session:{h} ttl={n}",
        "order {h} paid amount={n}.{n} currency=EUR", "Failed to process message {h} from queue {w}: timeout after {n} ms", "checkpoint complete: wrote {n} buffers ({n}%)", "pod {w}-{h}-{h} scheduled on node-{n}",
    ];

    private static readonly string[] Words = ["alice", "bob", "carol", "orders", "billing", "search", "mail"];

    public static IEnumerable<string> Make(int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var shape = random.Next(40);
            var text = new StringBuilder($"worker{(char)('a' + shape / 8)} ");
            var template = Shapes[shape % 8];
            for (var k = 0; k < template.Length; k++)
            {
                if (template[k] != '{')
                {
                    text.Append(template[k]);
                    continue;
                }

                var end = template.IndexOf('}', k);
                text.Append(template[(k + 1)..end] switch
                {
                    "n" => random.Next(100_000).ToString(CultureInfo.InvariantCulture),
                    "ip" => $"10.{random.Next(256)}.{random.Next(256)}.{random.Next(256)}",
                    "h" => random.NextInt64().ToString("x16", CultureInfo.InvariantCulture),
                    _ => Words[random.Next(Words.Length)],
                });
                k = end;
            }

            yield return text.ToString();
        }
    }
}
