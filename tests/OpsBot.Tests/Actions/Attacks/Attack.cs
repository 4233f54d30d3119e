using Microsoft.Extensions.DependencyInjection;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Attacks;

/// <summary>One way to try and get an unapproved or altered action to run.</summary>
/// <param name="Mechanism">How, as a sentence; no two attacks share one.</param>
/// <param name="Told">A part of the sentence with which every attempt is refused.</param>
/// <param name="Try">Makes the n-th attempt, from 0, and returns what the attacker is told at the end of it.</param>
/// <param name="Setup">Configuration of the host that is attacked; null for the usual one.</param>
internal sealed record Attack(
    string Mechanism, string Told, Func<ActionStage, int, Task<string>> Try, Action<IServiceCollection>? Setup = null, int Attempts = Attack.Usual)
{
    public const int Usual = 6;

    /// <summary>Runs of what was really approved that an attempt includes: replaying one needs one.</summary>
    public int Legitimate { get; init; }

    public override string ToString() => Mechanism;
}
