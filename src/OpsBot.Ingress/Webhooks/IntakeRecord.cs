using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using OpsBot.Contracts.Telemetry;

namespace OpsBot.Ingress.Webhooks;

/// <summary>One webhook request, as its span and its measurement tell of it. The trace of an event begins here.</summary>
internal sealed class IntakeRecord : IDisposable
{
    private readonly string _source;
    private readonly HttpContext _http;
    private readonly TimeProvider _clock;
    private readonly long _begun;
    private readonly Activity? _span;
    private bool _hungUp;

    public IntakeRecord(string source, HttpContext http, TimeProvider clock)
    {
        (_source, _http, _clock, _begun) = (source, http, clock, clock.GetTimestamp());
        _span = TraceContext.Root("intake", source, ActivityKind.Server, http.Request.Headers.TraceParent);
        _span?.SetTag("opsbot.source", source);
    }

    public void HungUp() => _hungUp = true;

    public void Dispose()
    {
        var status = _hungUp ? StatusCodes.Status499ClientClosedRequest : _http.Response.StatusCode;
        IngressMetrics.Requests.Record(
            _clock.GetElapsedTime(_begun).TotalSeconds, Instruments.Label("source", _source), Instruments.Label("code", Text(status)));
        _span?.SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError)
        {
            _span?.SetStatus(ActivityStatusCode.Error);
        }

        _span?.Dispose();
    }

    /// <summary>The statuses of each day without an allocation.</summary>
    private static string Text(int status) => status switch
    {
        StatusCodes.Status202Accepted => "202",
        StatusCodes.Status401Unauthorized => "401",
        StatusCodes.Status503ServiceUnavailable => "503",
        _ => status.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
