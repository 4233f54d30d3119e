using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using OpsBot.Ingress.Mapped;

namespace OpsBot.Ingress;

/// <summary>Stops the start where anybody could send.</summary>
internal sealed class SendersOptionsValidator(MappingLibrary library) : IValidateOptions<SendersOptions>
{
    public ValidateOptionsResult Validate(string? name, SendersOptions options)
    {
        List<string> wrong = [.. Bounds(SendersOptions.Section, options)];
        foreach (var sender in Senders.All)
        {
            if (sender.Options(options) is { } own)
                wrong.AddRange([.. Bounds(Key(sender), own), .. Secrets(Key(sender), own)]);
        }

        for (var i = 0; i < options.Polls.Count; i++)
        {
            var key = $"{SendersOptions.Section}.polls[{i}]";
            wrong.AddRange(Bounds(key, options.Polls[i]));
            if (options.Polls[i].Problem() is { } problem)
                wrong.Add($"{key}: {problem}");
        }

        wrong.AddRange(options.Mappings.SelectMany(mapping => MappedSenderRules.Problems($"{SendersOptions.Section}.mappings", mapping.Key, mapping.Value)));
        foreach (var (source, own) in options.Mapped)
        {
            var key = $"{SendersOptions.Section}.mapped.{source}";
            wrong.AddRange([.. Bounds(key, own), .. MappedSenderRules.Problems(key, source, own, options, library)]);
            if (!MappedSenderRules.HasOwnProof(own))
                wrong.AddRange(Secrets(key, own));
        }

        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static string Key(SenderDefinition sender) => $"{SendersOptions.Section}.{sender.Source}";

    private static IEnumerable<string> Bounds(string key, object options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return results.Select(result => $"{key}: {result.ErrorMessage}");
    }

    private static IEnumerable<string> Secrets(string key, SenderOptions own)
    {
        switch (own)
        {
            case SigningSenderOptions { Secrets: var secrets } when secrets.Any(string.IsNullOrWhiteSpace):
                yield return $"{key}.secrets: one of the {secrets.Count} secrets is blank, and anybody can sign with a blank secret. "
                    + "Is the environment variable behind it set?";
                break;
            case SigningSenderOptions { Secrets.Count: 0, Insecure: false }:
                yield return Missing($"{key}.secrets", $"{key}.secrets to the signing secret of the webhook", key);
                break;
            case TokenSenderOptions { Bearer: not null } token when string.IsNullOrWhiteSpace(token.Bearer):
                yield return $"{key}.bearer is blank. Is the environment variable behind it set?";
                break;
            case TokenSenderOptions { Basic: { } basic } when string.IsNullOrWhiteSpace(basic.User) || string.IsNullOrWhiteSpace(basic.Password):
                yield return $"{key}.basic needs both user and password; one is blank. Is the environment variable behind it set?";
                break;
            case TokenSenderOptions { Bearer: null, Basic: null, Insecure: false }:
                yield return Missing($"{key}.bearer", $"{key}.bearer to a long random token, or {key}.basic to user and password{(own is MappedSenderOptions ? ", or header, query or signature" : "")}", key);
                break;
        }
    }

    private static string Missing(string what, string next, string key) =>
        $"{what} is not configured, so anybody who reaches this port could open incidents. Set {next}, and the same at the sender; "
        + $"or, on a network that nobody else reaches, {key}.insecure: true.";
}
