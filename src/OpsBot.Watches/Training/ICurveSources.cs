using OpsBot.Contracts.Ports;

namespace OpsBot.Watches.Training;

/// <summary>Opens where the configuration says that a run's metrics are.</summary>
public interface ICurveSources
{
    /// <param name="declared">Name of the watch whose source it is.</param>
    /// <param name="words">What <c>{job}</c> and the other words of an event stand for.</param>
    /// <exception cref="FormatException">It is not declared any more, or a word is missing or may not stand where it is used; the message says which.</exception>
    ICurveSource Open(string declared, IReadOnlyDictionary<string, string> words);
}
