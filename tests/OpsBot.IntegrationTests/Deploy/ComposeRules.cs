using System.Text.RegularExpressions;
using OpsBot.Host.Configuration;
using YamlDotNet.RepresentationModel;

namespace OpsBot.IntegrationTests.Deploy;

/// <summary>What every service of docker-compose.yml holds to, asked of what docker-compose made of it.</summary>
internal static partial class ComposeRules
{
    /// <param name="stopLimit">How long OpsBot itself takes to stop at most.</param>
    public static IEnumerable<string> Problems(YamlNode composed, TimeSpan stopLimit) =>
        composed.Entries("services").SelectMany(service => OfService(service.Name, service.Value)).Concat(OfSecrets(composed)).Concat(OfStop(composed, stopLimit));

    private static IEnumerable<string> OfService(string name, YamlNode service)
    {
        if (!Pinned().IsMatch(service.Text("image") ?? ""))
        {
            yield return $"{name}: image '{service.Text("image")}' is not pinned";
        }

        if (service.Text("read_only") != "true") yield return $"{name}: its root file system can be written to";
        if (!service.Texts("cap_drop").Contains("ALL")) yield return $"{name}: keeps capabilities";
        if (service.At("cap_add") is not null) yield return $"{name}: adds capabilities";
        if (service.Text("privileged") is "true") yield return $"{name}: is privileged";
        if (!service.Texts("security_opt").Contains("no-new-privileges:true")) yield return $"{name}: may gain privileges";
        if (service.At("build") is null && service.Text("user") is null or "root" or "0" or "0:0") yield return $"{name}: runs as root";
        if (service.At("build") is null && service.At("healthcheck", "test") is null) yield return $"{name}: nobody asks how it is";
        if (service.At("mem_limit") is null) yield return $"{name}: has no limit of memory";
        // one without an address of its own is taken apart into a map
        foreach (var port in service.Items("ports").Select(port => port.Text() ?? $"{port.Text("published")}:{port.Text("target")}").Where(port => !port.StartsWith("127.0.0.1:", StringComparison.Ordinal)))
        {
            yield return $"{name}: port {port} is open to others than this machine";
        }

        foreach (var (variable, value) in service.Entries("environment"))
        {
            if (Secret().IsMatch(variable) && !variable.EndsWith("_FILE", StringComparison.Ordinal))
            {
                yield return $"{name}: {variable} holds a secret; name its file";
            }
            else if (variable.EndsWith("_FILE", StringComparison.Ordinal)
                && !service.Items("secrets").Any(secret => $"/run/secrets/{secret.Text("source") ?? secret.Text()}" == value.Text()))
            {
                yield return $"{name}: {variable} names {value.Text()}, which is not mounted";
            }
        }

        foreach (var (needed, how) in service.Entries("depends_on").Where(needed => needed.Value.Text("condition") != "service_healthy"))
        {
            yield return $"{name}: does not wait until {needed} is well, but for {how.Text("condition")}";
        }
    }

    private static IEnumerable<string> OfStop(YamlNode composed, TimeSpan stopLimit)
    {
        var grace = composed.Text("services", "opsbot", "stop_grace_period");
        if (!Durations.TryParse(grace ?? "", out var length) || length <= stopLimit)
        {
            yield return $"opsbot: is killed after {grace} and may take {stopLimit.TotalSeconds:0} s to stop";
        }
    }

    private static IEnumerable<string> OfSecrets(YamlNode composed) =>
        composed.Entries("services").SelectMany(service => service.Value.Items("secrets").Select(secret => (service.Name, Source: secret.Text("source") ?? secret.Text())))
            .Where(used => composed.At("secrets", used.Source!) is null).Select(used => $"{used.Name}: its secret {used.Source} is declared nowhere")
            .Concat(OfFiles(composed));

    private static IEnumerable<string> OfFiles(YamlNode composed) =>
        composed.Entries("secrets").Where(secret => secret.Value.Text("file")?.Contains("/deploy/compose/secrets/", StringComparison.Ordinal) != true)
            .Select(secret => $"secret {secret.Name}: is no file of deploy/compose/secrets");

    [GeneratedRegex(@":v?\d+\.\d+(\.\d+)?(-[a-z]+)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Pinned();

    [GeneratedRegex("PASSWORD|SECRET|TOKEN|KEY|BEARER|POSTGRES_FILE|RABBITMQ", RegexOptions.ExplicitCapture)]
    private static partial Regex Secret();
}
