using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using OpsBot.Host.Demo;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Samples;

public sealed class SampleIncidentTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2027, 7, 1, 8, 30, 12, 345, TimeSpan.Zero);
    private static readonly string Checkout = Path.Combine(Some.RepositoryRoot(), "deploy", "samples", "checkout-deploy");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_time_that_is_played_lies_in_the_hours_before_the_start()
    {
        var times = SampleIncident.Load(Checkout).Deliveries(Start).SelectMany(d => Times(Encoding.UTF8.GetString(d.Body))).ToList();

        times.Count.ShouldBeGreaterThan(50);
        times.ShouldAllBe(t => t <= Start && t > Start.AddHours(-1));
    }

    [Fact]
    public void Still_firing_stays_still_firing() =>
        SampleIncident.Load(Checkout).Deliveries(Start).Select(d => Encoding.UTF8.GetString(d.Body))
            .ShouldContain(b => b.Contains("0001-01-01T00:00:00Z", StringComparison.Ordinal));

    [Fact]
    public void Nothing_but_times_changes()
    {
        var file = SampleIncident.Load(Checkout).Deliveries(Start).First(d => d.Source == "pagerduty");
        var before = File.ReadAllText(Path.Combine(Checkout, "webhooks", file.File));

        WithoutTimes(Encoding.UTF8.GetString(file.Body)).ShouldBe(WithoutTimes(before));
    }

    [Fact]
    public void What_resolves_keeps_its_start_and_ends_now()
    {
        var sample = SampleIncident.Load(Checkout);
        var end = Start.AddMinutes(7);
        var fired = Alert(sample.Deliveries(Start).First(d => d.Source == "alertmanager"));

        var resolved = Alert(sample.Resolution(Start, end).First(d => d.Source == "alertmanager"));

        resolved.GetProperty("fingerprint").GetString().ShouldBe(fired.GetProperty("fingerprint").GetString());
        resolved.GetProperty("startsAt").GetDateTimeOffset().ShouldBe(fired.GetProperty("startsAt").GetDateTimeOffset());
        resolved.GetProperty("endsAt").GetDateTimeOffset().ShouldBeInRange(end.AddSeconds(-1), end.AddSeconds(1));
    }

    [Fact]
    public void Deliveries_come_in_order_with_the_deploys_first()
    {
        var deliveries = SampleIncident.Load(Checkout).Deliveries(Start);

        deliveries.Select(d => d.After).ShouldBeInOrder();
        deliveries.Take(4).Select(d => $"{d.Source} {d.Event}").ShouldBe(
            ["github deployment", "github deployment_status", "github deployment", "github deployment_status"]);
        deliveries.Select(d => d.Source).Distinct().ShouldBe(["github", "alertmanager", "pagerduty", "grafana", "cloudevents"], ignoreOrder: true);
    }

    [Fact]
    public void The_copied_bundle_is_whole_and_lies_before_the_start()
    {
        SampleIncident.Load(Checkout).CopyBundle(_folder.Path, Start);

        var source = Path.Combine(Checkout, "bundle");
        Names(_folder.Path).ShouldBe(Names(source));
        foreach (var file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories))
        {
            Times(File.ReadAllText(file)).ShouldAllBe(t => t <= Start && t > Start.AddHours(-8), file);
        }
    }

    [Fact]
    public void Logs_can_be_written_as_programs_write_them()
    {
        SampleIncident.Load(Checkout).WriteLogFiles(_folder.Path, Start);

        Directory.GetFiles(_folder.Path, "*.log").Length.ShouldBe(8);
        File.ReadLines(Path.Combine(_folder.Path, "checkout.log")).First().ShouldMatch(@"^2027-07-01T07:5\d:\d\d\.\d{3}Z [A-Z]+ +checkout-\S+ \S");
    }

    [Fact]
    public void A_manifest_cannot_name_a_file_outside_of_the_sample()
    {
        _folder.Write("sample.json", "{\"base\":\"2026-03-10T14:00:00Z\",\"title\":\"x\",\"bundle\":\"bundle\",\"deliveries\":\"m.json\"}");
        _folder.Write("m.json", "[{\"file\":\"../../etc/passwd\",\"as\":\"github\",\"afterMs\":0}]");

        Should.Throw<InvalidDataException>(() => SampleIncident.Load(_folder.Path).Deliveries(Start)).Message.ShouldContain("leads out");
    }

    [Theory]
    [InlineData("{\"base\":", "sample.json:1")]
    [InlineData(null, "cannot be read")]
    public void A_sample_that_cannot_be_read_says_which_file(string? text, string reason)
    {
        if (text is not null)
        {
            _folder.Write("sample.json", text);
        }

        Should.Throw<InvalidDataException>(() => SampleIncident.Load(_folder.Path)).Message.ShouldContain(reason);
    }

    private static JsonElement Alert(SampleDelivery delivery) => JsonDocument.Parse(delivery.Body).RootElement.GetProperty("alerts")[0];

    private static IEnumerable<DateTimeOffset> Times(string text) =>
        Regex.Matches(text, @"\d{4}-\d\d-\d\dT[\d:.]+Z").Select(m => m.Value).Where(t => t[0] != '0')
            .Select(t => DateTimeOffset.Parse(t, System.Globalization.CultureInfo.InvariantCulture));

    private static string WithoutTimes(string text) => Regex.Replace(text, @"\d{4}-\d\d-\d\dT[\d:.]+Z", "T");

    private static IEnumerable<string> Names(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal);
}
