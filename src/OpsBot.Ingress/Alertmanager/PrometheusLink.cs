using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Alertmanager;

/// <summary>Prometheus' generatorURL carries the alert's expression: <c>/graph?g0.expr=…</c>.</summary>
internal static class PrometheusLink
{
    private const string Parameter = "g0.expr=";

    public static string? Expression(string? url)
    {
        if (url?.IndexOf('?', StringComparison.Ordinal) is not (>= 0 and var query))
            return null;
        var stated = url[(query + 1)..].Split('#')[0].Split('&').FirstOrDefault(part => part.StartsWith(Parameter, StringComparison.Ordinal));
        return stated is { Length: > 8 }
            ? Bounds.Cut(Uri.UnescapeDataString(stated[Parameter.Length..].Replace('+', ' ')), Bounds.Description)
            : null;
    }
}
