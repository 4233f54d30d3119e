using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using OpsBot.Contracts;
using OpsBot.Evidence;
using OpsBot.Runtime.Redaction;
using OpsBot.Runtime.Secrets;

namespace OpsBot.Tests.Support;

internal static partial class Some
{
    public static IRedactor Redactor(KnownSecrets? known = null, bool emails = false) =>
        new Redactor(known ?? new KnownSecrets(), Options.Create(new RedactionOptions { Emails = emails }));

    public static ISecretReader Secrets(KnownSecrets? known = null) => new SecretReader(new ConfigurationBuilder().Build(), known ?? new KnownSecrets());

    public static IncidentFacts Facts(string? service = "cart", string? expression = null, params (string Name, string Value)[] labels) => new(
        "INC-1", "It is slow", LogStart.AddMinutes(30), "alertmanager", service, "critical", "prod",
        labels.ToDictionary(l => l.Name, l => l.Value), Expression: expression);

    public static EvidenceRequest Request(IncidentFacts? facts = null, EvidenceBounds? bounds = null, TimeWindow? window = null, TimeWindow? baseline = null) =>
        new(facts ?? Facts(), window ?? LogWindow, baseline, bounds ?? EvidenceBounds.Default);

    /// <summary>A server that is a function, and what it was asked.</summary>
    public sealed class FakeServer(Func<HttpRequestMessage, string, (int Status, string Body)> answer) : HttpMessageHandler, IHttpClientFactory
    {
        public List<string> Bodies { get; } = [];

        public List<string?> Authorizations { get; } = [];

        /// <summary>How often it was asked so far.</summary>
        public int Asked
        {
            get
            {
                lock (Bodies) return Bodies.Count;
            }
        }

        /// <summary>When set, never answers.</summary>
        public bool Hangs { get; init; }

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? "" : WebUtility.UrlDecode(await request.Content.ReadAsStringAsync(cancellationToken));
            lock (Bodies)
            {
                Bodies.Add(body);
                Authorizations.Add(request.Headers.Authorization?.ToString());
            }

            if (Hangs) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            var (status, text) = answer(request, body);
            return new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
        }
    }
}
