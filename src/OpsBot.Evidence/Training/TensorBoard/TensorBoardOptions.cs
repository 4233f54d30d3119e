using System.ComponentModel.DataAnnotations;

namespace OpsBot.Evidence.Training.TensorBoard;

// tensorboard: { path: "/runs/{job}" }

/// <summary>A folder with TensorBoard event files, in it or in folders below (train, validation).</summary>
public sealed class TensorBoardOptions
{
    [Required, MaxLength(1_000)]
    public string Path { get; set; } = "";
}
