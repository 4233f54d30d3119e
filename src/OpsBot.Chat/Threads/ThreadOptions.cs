using System.ComponentModel.DataAnnotations;

namespace OpsBot.Chat.Threads;

// thread:
//   maxReplies: 12
/// <summary>How much an incident's thread may say. The card is edited in place and does not count.</summary>
public sealed class ThreadOptions
{
    /// <summary>Most replies of one incident; the last one says that further news is only on the card. Default 12.</summary>
    [Range(1, 100)]
    public int MaxReplies { get; set; } = 12;
}
