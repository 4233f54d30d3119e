using OpsBot.Contracts.Ports;
using OpsBot.Evidence.Training.Csv;
using OpsBot.Evidence.Training.Logs;
using OpsBot.Evidence.Training.Mlflow;
using OpsBot.Evidence.Training.Prometheus;
using OpsBot.Evidence.Training.TensorBoard;
using OpsBot.Runtime.Redaction;
using OpsBot.Runtime.Secrets;

namespace OpsBot.Evidence.Training;

/// <summary>Opens what <see cref="CurveSourceOptions"/> name. One source is cheap and holds nothing: make it for a look and forget it.</summary>
public sealed class CurveSources
{
    private readonly ConfiguredSources _evidence;
    private readonly IHttpClientFactory _clients;
    private readonly ISecretReader _secrets;
    private readonly KnownSecrets _known;
    private readonly IRedactor _redactor;
    private readonly TimeProvider _time;

    internal CurveSources(
        ConfiguredSources evidence, IHttpClientFactory clients, ISecretReader secrets, KnownSecrets known, IRedactor redactor, TimeProvider time) =>
        (_evidence, _clients, _secrets, _known, _redactor, _time) = (evidence, clients, secrets, known, redactor, time);

    /// <param name="options">Valid ones.</param>
    /// <param name="words">What <c>{job}</c> and the like stand for. Strangers wrote them: a path takes only what is one plain name.</param>
    /// <exception cref="FormatException">A word that is missing, or that may not stand where it is used; the message says which.</exception>
    public ICurveSource Open(CurveSourceOptions options, IReadOnlyDictionary<string, string> words)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options switch
        {
            { Log: { } log } => new JobLogCurve(Words.InPath(log.Path, words), log, _redactor, _time),
            { Csv: { } csv } => new CsvCurve(Words.InPath(csv.Path, words), csv, _time),
            { TensorBoard: { } board } => new TensorBoardCurve(Words.InPath(board.Path, words)),
            { Mlflow: { } mlflow } => new MlflowCurve(mlflow, Words.InText(mlflow.Run, words), _clients, _secrets, _known, _redactor, _time),
            { Prometheus: { } prometheus } => new PrometheusCurve(prometheus, words, _evidence, _time),
            _ => throw new FormatException("The options name no source of metrics."),
        };
    }
}
