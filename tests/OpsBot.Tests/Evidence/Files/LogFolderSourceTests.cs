using System.Globalization;
using System.IO.Compression;
using System.Text;
using OpsBot.Contracts;
using OpsBot.Evidence;
using OpsBot.Evidence.Files;
using OpsBot.Signals.LogTemplates;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Evidence.Files;

public sealed class LogFolderSourceTests : EvidenceSourceContract, IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("opsbot-logs").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private protected override EvidenceBounds Tight => EvidenceBounds.Default with { MaxBytes = 20 };

    private protected override IEvidenceSource? Source(State state)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, state.ToString())).FullName;
        if (state is State.Full or State.Hostile)
        {
            File.WriteAllText(Path.Combine(folder, "a.log"), Line(1, state == State.Hostile ? Hostile : "first thing") + Line(2, "second thing"));
            File.WriteAllText(Path.Combine(folder, "b.log"), Line(1, "third thing"));
        }

        if (state == State.Slow) return null;
        return Make(new LogFolderOptions { Path = state == State.Broken ? Path.Combine(_root, "none") : folder });
    }

    private protected override int Seen(Observations observations) => (int)observations.Logs.Sum(l => l.Templates.Sum(t => t.Total));

    private protected override IEnumerable<string> Queries(Observations observations) => observations.Logs.SelectMany(l => l.Templates.Select(t => t.Query));

    [Fact]
    public async Task Stack_traces_are_joined_and_service_and_line_are_known()
    {
        Write("cart/app.log", Line(1, "ERROR boom") + "java.lang.X: y\n\tat a.b(c.java:1)\nCaused by: z\n" + Line(2, "INFO fine"));
        var templates = await Templates(new());
        templates.Count.ShouldBe(2);
        var error = templates.Single(t => t.Level == "ERROR");
        (error.Service, error.Query, error.Total).ShouldBe(("cart", "cart/app.log:1", 1));
        error.Samples[0].ShouldContain("Caused by: z");
    }

    [Fact]
    public async Task Rotated_and_compressed_files_are_read_in_the_order_of_time()
    {
        Write("app.log.2.gz", Gzip(Line(1, "step one")), minute: 2);
        Write("app.log.1", Line(3, "step two"), minute: 4);
        Write("app.log", Line(5, "step three"), minute: 6);
        var templates = await Templates(new());
        templates.Select(t => t.Service).Distinct().ShouldBe(["app"]);
        templates.OrderBy(t => t.FirstMs).Select(t => t.Template).ShouldBe(["step one", "step two", "step three"]);
    }

    [Fact]
    public async Task Only_the_period_counts_and_older_files_are_not_opened()
    {
        Write("old.log", Line(1, "in an old file"), minute: -500);
        Write("new.log", Line(-60, "before") + Line(-5, "in the baseline") + Line(5, "in the window") + Line(90, "after"), minute: 90);
        var seen = await Make(new() { Path = _root }).CollectAsync(
            Some.Request(baseline: new TimeWindow(Some.LogStart.AddMinutes(-10), Some.LogStart)), TestContext.Current.CancellationToken);
        seen.Logs[0].Templates.Select(t => t.Template).ShouldBe(["in the baseline", "in the window"], ignoreOrder: true);
        seen.LookedAt[0].ShouldContain("1 files");
    }

    [Fact]
    public async Task Json_records_name_their_own_service_level_and_time()
    {
        Write("x.log",
            """{"@timestamp":"2026-03-01T10:01:00Z","log":{"level":"error"},"service":{"name":"pay"},"message":"no money","host":"h1","trace":{"id":"t"}}""" + "\n" +
            """{"time":1772359320.5,"level":30,"msg":"pino says 5","hostname":"h2","err":{"message":"why"}}""" + "\n" + """{"no":"message"}""" + "\n{broken\n");
        var templates = await Templates(new() { Service = "fallback" });
        templates.ShouldContain(t => t.Service == "pay" && t.Instance == "h1" && t.Level == "ERROR" && t.Template == "no money" && t.FirstMs == Ms(1));
        templates.ShouldContain(t => t.Service == "fallback" && t.Level == "INFO" && t.Template == "pino says <*>: why");
    }

    [Fact]
    public async Task Any_encoding_survives()
    {
        Write("bytes.log", [.. Encoding.UTF8.GetBytes(Line(1, "latin ")[..^1]), 0xe4, 0xff, (byte)'\n', 0, 0, 0, .. Encoding.UTF8.GetBytes(Line(2, "after zeros"))]);
        Write("le.log", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Line(1, "little end"))]);
        Write("be.log", Encoding.BigEndianUnicode.GetBytes(Line(1, "big end")));
        Write("bom.log", [0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes(Line(1, "marked"))]);
        var templates = await Templates(new());
        templates.Select(t => t.Template).ShouldBe(["latin \uFFFD\uFFFD", "after zeros", "little end", "big end", "marked"], ignoreOrder: true);
        templates.ShouldAllBe(t => t.Untimed == 0);
    }

    [Fact]
    public async Task A_line_without_end_is_cut_and_the_next_is_read()
    {
        Write("long.log", Line(1, new string('x', 1_000_000)) + Line(2, "next"));
        var seen = await Collect(Make(new() { Path = _root }), EvidenceBounds.Default);
        seen.Logs[0].Templates.Select(t => t.Total).ShouldBe([1, 1]);
        seen.Logs[0].Templates.ShouldContain(t => t.Template == "next");
        seen.Problems.ShouldHaveSingleItem().Reason.ShouldContain("65536");
    }

    [Fact]
    public async Task Links_that_lead_out_are_refused_and_those_that_stay_are_followed()
    {
        var outside = Directory.CreateTempSubdirectory("opsbot-outside").FullName;
        try
        {
            File.WriteAllText(Path.Combine(outside, "secret.log"), Line(1, "outside"));
            Write("data/real.txt", Line(1, "inside"));
            File.CreateSymbolicLink(Path.Combine(_root, "out.log"), Path.Combine(outside, "secret.log"));
            File.CreateSymbolicLink(Path.Combine(_root, "in.log"), Path.Combine(_root, "data/real.txt"));
            Directory.CreateSymbolicLink(Path.Combine(_root, "folder"), outside);
            Directory.CreateDirectory(Path.Combine(outside, "deep"));
            File.WriteAllText(Path.Combine(outside, "deep/secret.log"), Line(1, "outside"));
            // each link looks as if it stayed: only both together lead out
            Directory.CreateSymbolicLink(Path.Combine(_root, "step"), "folder/deep");
            File.CreateSymbolicLink(Path.Combine(_root, "steps.log"), "step/secret.log");
            Directory.CreateSymbolicLink(Path.Combine(_root, "loop"), _root);
            var seen = await Collect(Make(new() { Path = _root, Glob = "**/*.log" }), EvidenceBounds.Default);
            seen.Logs[0].Templates.ShouldHaveSingleItem().Template.ShouldBe("inside");
            seen.Problems.Select(p => p.Reason).ShouldBe(
                ["'out.log' is a link that leads out of the folder or nowhere", "'steps.log' is a link that leads out of the folder or nowhere"], ignoreOrder: true);
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [Fact]
    public async Task A_broken_archive_gives_what_it_had_and_says_so()
    {
        var random = new Random(1);
        var lines = string.Concat(Enumerable.Range(0, 5000).Select(i => Line(1, $"line {random.Next()} {random.NextInt64()}")));
        Write("a.log.gz", Gzip(lines)[..20_000]);
        var seen = await Collect(Make(new() { Path = _root }), EvidenceBounds.Default);
        Seen(seen).ShouldBeInRange(100, 4999);
        seen.Problems.ShouldHaveSingleItem().Reason.ShouldStartWith("'a.log.gz' could be read only in part");
    }

    [Fact]
    public async Task A_large_ordered_file_is_read_only_where_the_period_lies()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 200_000; i++) text.Append(Some.LogStart.AddSeconds(i - 190_000).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)).Append(" INFO request number ").Append(i).Append(" was served well\n");
        Write("big.log", text.ToString(), minute: 200);
        var seen = await Collect(Make(new() { Path = _root }), EvidenceBounds.Default with { MaxBytes = 3 << 20 });
        var count = seen.Logs[0].Templates.ShouldHaveSingleItem();
        count.Total.ShouldBe(3601);
        count.Query.ShouldStartWith("big.log+");
        seen.Problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{service}/{instance}.log", "shop/web-1.log", "shop", "web-1")]
    [InlineData("**/{service}-{instance}.log", "a/b/shop-1.log", "shop", "1")]
    [InlineData(null, "shop/x/web.log", "shop", null)]
    [InlineData(null, "web.log", "web", null)]
    public void The_path_says_whose_log_it_is(string? pattern, string path, string? service, string? instance) =>
        new LogOwner(new LogFolderOptions { Pattern = pattern }).Of(new LogFile(path, path, path, default, 1)).ShouldBe((service, instance));

    [Theory]
    [InlineData("app.log.2.gz", "app.log")]
    [InlineData("app.log-20260301.gz", "app.log")]
    [InlineData("app.2026-03-01.log", "app.log")]
    [InlineData("a/web1.log", "a/web1.log")]
    [InlineData("syslog.1", "syslog")]
    [InlineData("123", "123")]
    public void Rotation_is_taken_off_the_name(string path, string stem) => LogFile.StemOf(path).ShouldBe(stem);

    private async Task<IReadOnlyList<TemplateCount>> Templates(LogFolderOptions options)
    {
        options.Path = _root;
        var seen = await Collect(Make(options), EvidenceBounds.Default);
        seen.Problems.ShouldBeEmpty();
        return seen.Logs.ShouldHaveSingleItem().Templates;
    }

    private static LogFolderSource Make(LogFolderOptions options) => new(options, Some.Redactor(), TimeProvider.System);

    private static long Ms(double minute) => Some.LogStart.AddMinutes(minute).ToUnixTimeMilliseconds();

    private static string Line(double minute, string text) => $"{OpsBotJson.Format(Some.LogStart.AddMinutes(minute))} {text}\n";

    private static byte[] Gzip(string text)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return memory.ToArray();
    }

    private void Write(string path, string text, double minute = 60) => Write(path, Encoding.UTF8.GetBytes(text), minute);

    private void Write(string path, byte[] bytes, double minute = 60)
    {
        var full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
        File.SetLastWriteTimeUtc(full, Some.LogStart.AddMinutes(minute).UtcDateTime);
    }
}
