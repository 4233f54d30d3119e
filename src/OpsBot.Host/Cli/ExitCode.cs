using System.Data.Common;
using Microsoft.Extensions.Options;
using OpsBot.Evidence.Bundle;
using OpsBot.Host.Serving;
using OpsBot.Storage.Engine;

namespace OpsBot.Host.Cli;

/// <summary>What the exit status says.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Unusable = 2;

    /// <summary>The status for a failure whose message is for the user; null for a defect of ours, which shows its trace.</summary>
    public static int? Of(Exception failure) => failure switch
    {
        UnusableInputException or UnreadableBundleException or ConfigurationRefusedException or OptionsValidationException => Unusable,
        StoreException or DbException { IsTransient: true } or HttpRequestException or IOException or UnauthorizedAccessException => Failed,
        OperationCanceledException => Failed,
        _ => null,
    };
}

/// <summary>What was typed cannot be used. The message carries the value and the next step.</summary>
internal sealed class UnusableInputException(string message) : Exception(message);
