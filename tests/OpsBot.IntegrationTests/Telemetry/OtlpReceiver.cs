using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace OpsBot.IntegrationTests.Telemetry;

/// <summary>A span as a collector receives it.</summary>
internal sealed record ReceivedSpan(
    string TraceId, string SpanId, string ParentId, string Name, IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<string> LinkedTraces, bool Failed);

/// <summary>A collector of traces, over HTTP or gRPC, that keeps what it is sent. Field numbers as in opentelemetry/proto/trace/v1/trace.proto.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();
    private readonly ConcurrentQueue<byte[]> _bodies = new();
    private readonly ConcurrentDictionary<string, byte> _authorizations = new();
    private readonly ConcurrentDictionary<string, string> _resource = new();

    private OtlpReceiver(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public IReadOnlyList<ReceivedSpan> Spans => [.. _spans];

    /// <summary>All that was received, byte for byte.</summary>
    public IReadOnlyList<byte[]> Bodies => [.. _bodies];

    public IEnumerable<string> Authorizations => _authorizations.Keys;

    public IReadOnlyDictionary<string, string> Resource => _resource;

    public static async Task<OtlpReceiver> StartAsync(bool grpc, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var app = builder.Build();
        var receiver = new OtlpReceiver(app);
        app.Run(grpc ? receiver.TakeGrpcAsync : receiver.TakeHttpAsync);
        await app.StartAsync(cancellationToken);
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task TakeHttpAsync(HttpContext http)
    {
        if (http.Request.Path != "/v1/traces" || http.Request.ContentType != "application/x-protobuf")
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        Take(await BodyAsync(http), http);
        http.Response.ContentType = "application/x-protobuf";
    }

    private async Task TakeGrpcAsync(HttpContext http)
    {
        if (http.Request.Path != "/opentelemetry.proto.collector.trace.v1.TraceService/Export")
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        // one message: a byte that says whether it is compressed, four of its length
        var framed = await BodyAsync(http);
        if (framed[0] != 0 || BinaryPrimitives.ReadInt32BigEndian(framed.AsSpan(1)) != framed.Length - 5)
        {
            throw new FormatException("not one plain gRPC message");
        }

        Take(framed[5..], http);
        http.Response.ContentType = "application/grpc";
        await http.Response.Body.WriteAsync(new byte[5]);
        http.Response.AppendTrailer("grpc-status", "0");
    }

    private static async Task<byte[]> BodyAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        return body.ToArray();
    }

    private void Take(byte[] body, HttpContext http)
    {
        _bodies.Enqueue(body);
        _authorizations.TryAdd(http.Request.Headers.Authorization.ToString(), 0);
        foreach (var resourceSpans in ProtoField.Read(body).Where(field => field.Number == 1).Select(field => field.Message))
        {
            foreach (var (key, value) in Attributes(resourceSpans.Single(field => field.Number == 1).Message, 1))
            {
                _resource[key] = value;
            }

            var spans = resourceSpans.Where(field => field.Number == 2).SelectMany(scope => scope.Message.Where(field => field.Number == 2));
            foreach (var span in spans)
            {
                _spans.Enqueue(Span(span.Message));
            }
        }
    }

    private static ReceivedSpan Span(IReadOnlyList<ProtoField> fields) => new(
        fields.Single(field => field.Number == 1).Hex,
        fields.Single(field => field.Number == 2).Hex,
        fields.SingleOrDefault(field => field.Number == 4)?.Hex ?? "",
        fields.Single(field => field.Number == 5).Text,
        Attributes(fields, 9),
        [.. fields.Where(field => field.Number == 13).Select(link => link.Message.Single(field => field.Number == 1).Hex)],
        fields.SingleOrDefault(field => field.Number == 15)?.Message.Any(field => field is { Number: 3, Value: 2 }) ?? false);

    private static Dictionary<string, string> Attributes(IReadOnlyList<ProtoField> fields, int number) => fields
        .Where(field => field.Number == number)
        .ToDictionary(pair => pair.Message.Single(field => field.Number == 1).Text, pair => Value(pair.Message.Single(field => field.Number == 2).Message));

    private static string Value(IReadOnlyList<ProtoField> value) => value switch
    {
        [{ Number: 1 } text] => text.Text,
        [{ Number: 2 or 3 } number] => number.Value.ToString(CultureInfo.InvariantCulture),
        _ => "?",
    };
}
