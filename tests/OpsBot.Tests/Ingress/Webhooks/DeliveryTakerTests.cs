using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Ports;
using OpsBot.Ingress;
using OpsBot.Ingress.Webhooks;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress.Webhooks;

public sealed class DeliveryTakerTests
{
    private readonly Crowd _intake = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_waits_for_the_store_together_and_not_one_after_the_other()
    {
        await TakeAsync(Enumerable.Range(0, 200).Select(i => Delivery($"fp-{i}", i)));
        _intake.Keys.Count.ShouldBe(200);
        _intake.Most.ShouldBe(64);
    }

    [Fact]
    public async Task What_belongs_to_one_stream_stays_in_the_order_of_the_list()
    {
        await TakeAsync(Enumerable.Range(0, 60).Select(i => Delivery($"fp-{i % 3}", i)));
        for (var stream = 0; stream < 3; stream++)
            _intake.Keys.Where(key => key % 3 == stream).ShouldBe(Enumerable.Range(0, 60).Where(i => i % 3 == stream));
        _intake.Most.ShouldBe(3);
    }

    private Task TakeAsync(IEnumerable<ReadDelivery> deliveries) => new DeliveryTaker(_intake, NullLogger<DeliveryTaker>.Instance).TakeAsync([.. deliveries], Token);

    private static ReadDelivery Delivery(string fingerprint, int number) => new(
        "alertmanager", $"{number}", new Dictionary<string, string>(), JsonSerializer.SerializeToUtf8Bytes(number, OpsBotJson.Options),
        new Normalised.Events([new NormalisedEvent(AlertReported.Kind, $"alertmanager/{fingerprint}", Some.Alert(fingerprint: fingerprint))]), KeyIsOfBody: false);

    /// <summary>An intake that lets as many in as come, and takes them in any order.</summary>
    private sealed class Crowd : IIntake
    {
        private readonly Random _random = new(7);
        private int _inside;

        public List<int> Keys { get; } = [];

        public int Most { get; private set; }

        public async Task<IntakeResult> AcceptAsync(Delivery delivery, CancellationToken cancellationToken)
        {
            int wait;
            lock (Keys)
                (Most, wait) = (Math.Max(Most, ++_inside), _random.Next(1, 4));
            await Task.Delay(TimeSpan.FromMilliseconds(wait), TimeProvider.System, cancellationToken);
            lock (Keys)
            {
                _inside--;
                Keys.Add(int.Parse(delivery.DeliveryKey, System.Globalization.CultureInfo.InvariantCulture));
            }

            return IntakeResult.Accepted;
        }

        public Task<IntakeResult> QuarantineAsync(QuarantinedDelivery delivery, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void CountRefused(string source) => throw new NotSupportedException();
    }
}
