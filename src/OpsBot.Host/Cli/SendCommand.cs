using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;
using OpsBot.Contracts;
using OpsBot.Host.Configuration;
using OpsBot.Host.Serving;
using OpsBot.Ingress;

namespace OpsBot.Host.Cli;

internal static class SendCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The body to send. Headers beside it in <name>.headers.json are used where they are real." };
        var sender = new Option<string>("--as") { Description = "Whom to play: pagerduty, alertmanager, grafana, github, cloudevents, or a mapped sender such as datadog.", Required = true };
        var to = new Option<string?>("--to") { Description = "Address of the running serve. Default: listen.urls of the configuration." };
        var eventName = new Option<string?>("--event") { Description = "GitHub's event name, where the body does not show it." };
        var print = new Option<bool>("--print") { Description = "Send nothing; print what would be made of it." };
        var config = CommonOptions.Config();
        var command = new Command(
            "send",
            "Send a body as a sender would: signed, with its headers.\n\nExample: opsbot send alert.json --as alertmanager --to http://127.0.0.1:8080")
        {
            file, sender, to, eventName, print, config,
        };
        command.SetAction((parsed, cancellationToken) => parsed.GetValue(print)
            ? Task.FromResult(Print(parsed.GetRequiredValue(file), parsed.GetRequiredValue(sender), parsed.GetValue(eventName), Services(parsed, config)))
            : SendAsync(
                parsed.GetRequiredValue(file), parsed.GetRequiredValue(sender), parsed.GetValue(to), parsed.GetValue(eventName),
                Services(parsed, config), cancellationToken));
        return command;
    }

    private static ServiceProvider Services(ParseResult parsed, Option<string?> config)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddOpsBotConsole(quiet: true));
        services.AddSections(parsed.LoadConfiguration(config));
        services.AddIngress();
        return services.BuildServiceProvider();
    }

    private static int Print(string file, string source, string? eventName, ServiceProvider services)
    {
        using (services)
        {
            var reader = services.GetRequiredService<IWebhookReader>();
            if (!reader.Sources.Contains(source, StringComparer.Ordinal))
            {
                throw new UnusableInputException($"'{source}' is no sender; there are {string.Join(", ", reader.Sources)}.");
            }

            var headers = KnownHeaders(file) ?? [];
            if (eventName is not null)
            {
                headers["X-GitHub-Event"] = eventName;
            }

            IReadOnlyList<ReadDelivery> read;
            try
            {
                read = reader.Read(source, headers, Body(file), TimeProvider.System.GetUtcNow());
            }
            catch (NotJsonException unusable)
            {
                throw new UnusableInputException($"{file}: {unusable.Message}");
            }

            foreach (var delivery in read)
            {
                object shown = delivery.Outcome switch
                {
                    Normalised.Events events => new { delivery.Source, delivery.DeliveryKey, Events = events.Items.Select(one => new { one.Kind, one.Stream, one.Record }) },
                    Normalised.Nothing nothing => new { delivery.Source, delivery.DeliveryKey, Nothing = nothing.Why },
                    Normalised.Unreadable unreadable => new { delivery.Source, delivery.DeliveryKey, unreadable.Field, unreadable.Reason },
                    _ => throw new InvalidOperationException($"{delivery.Outcome.GetType().Name} is not known here."),
                };
                Console.WriteLine(JsonSerializer.Serialize(shown, OpsBotJson.Indented));
            }

            return ExitCode.Done;
        }
    }

    private static async Task<int> SendAsync(
        string file, string source, string? to, string? eventName, ServiceProvider services, CancellationToken cancellationToken)
    {
        await using (services)
        {
            var address = to ?? services.GetRequiredService<IOptions<ListenOptions>>().Value.Urls.Split(';')[0];
            if (!Uri.TryCreate(address, UriKind.Absolute, out var target) || target.Scheme is not ("http" or "https"))
            {
                throw new UnusableInputException($"--to '{address}' is not an address; write for example http://127.0.0.1:8080.");
            }

            var body = Body(file);
            IReadOnlyDictionary<string, string> headers;
            string path;
            try
            {
                path = IngressEndpoints.PathOf(source) + services.GetRequiredService<ISampleSigner>().QueryFor(source);
                headers = services.GetRequiredService<ISampleSigner>().HeadersFor(source, body, eventName, KnownHeaders(file));
            }
            catch (Exception unusable) when (unusable is UnsignableException or NotJsonException)
            {
                throw new UnusableInputException($"{file}: {unusable.Message}");
            }

            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
            using var response = await WebhookDelivery.PostAsync(client, target, path, headers, body, cancellationToken);
            var answer = (await response.Content.ReadAsStringAsync(cancellationToken)).Trim();
            await Console.Error.WriteLineAsync($"{(int)response.StatusCode} {response.ReasonPhrase}{(answer.Length > 0 ? ": " + answer : "")}");
            return response.IsSuccessStatusCode ? ExitCode.Done : ExitCode.Failed;
        }
    }

    private static byte[] Body(string file) => File.Exists(file)
        ? File.ReadAllBytes(file)
        : throw new UnusableInputException($"There is no file '{file}'.");

    private static Dictionary<string, string>? KnownHeaders(string file)
    {
        var beside = Path.Combine(Path.GetDirectoryName(file) ?? "", Path.GetFileNameWithoutExtension(file) + ".headers.json");
        if (!File.Exists(beside))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(beside), OpsBotJson.Options) is { } headers
                ? new Dictionary<string, string>(headers, StringComparer.OrdinalIgnoreCase)
                : null;
        }
        catch (JsonException broken)
        {
            throw new UnusableInputException($"{beside} is not an object of header names and values: {broken.Message}");
        }
    }
}

/// <summary>Posts a body with the headers that a sender would give it.</summary>
internal static class WebhookDelivery
{
    private const int LargeBody = 1 << 20;

    public static async Task<HttpResponseMessage> PostAsync(
        HttpClient client, Uri target, string path, IReadOnlyDictionary<string, string> headers, byte[] body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(target, path));
        request.Content = new ByteArrayContent(body);
        // so that a body that is refused for its size is answered before it is sent
        request.Headers.ExpectContinue = body.Length > LargeBody;
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in headers)
        {
            if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
            {
                request.Content.Headers.ContentType = MediaTypeHeaderValue.TryParse(value, out var type) ? type : request.Content.Headers.ContentType;
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await client.SendAsync(request, cancellationToken);
    }
}
