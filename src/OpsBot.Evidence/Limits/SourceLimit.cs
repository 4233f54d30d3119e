using System.Globalization;
using System.Threading.Channels;

namespace OpsBot.Evidence.Limits;

/// <summary>
/// How often one source is asked, and how many times at once, by all diagnoses of the process: what is being diagnosed is sick already, and a storm must not finish
/// it. Turns are given in order. Who would get none within its budget is told so at once, and uses none up.
/// </summary>
/// <param name="what">In words, for reports: <c>10 requests a second</c>.</param>
/// <param name="interval">Between two turns, once the burst is used up.</param>
/// <param name="burst">Turns that are given without waiting after a quiet time.</param>
/// <param name="atOnce">Turns that are out at any moment.</param>
internal sealed class SourceLimit(string what, TimeSpan interval, int burst, int atOnce, TimeProvider time)
{
    private readonly Channel<int> _slots = Slots(atOnce);
    private readonly Lock _turns = new();
    private readonly long _begun = time.GetTimestamp();

    /// <summary>When all of the burst is there again, since <see cref="_begun"/>.</summary>
    private TimeSpan _rested;

    /// <summary>So many turns a minute, and no more at a time than may be out.</summary>
    public static SourceLimit PerMinute(string unit, int number, int atOnce, TimeProvider time) =>
        new($"{number} {unit} a minute", TimeSpan.FromMinutes(1) / number, atOnce, atOnce, time);

    /// <summary>Waits for a turn; null where the budget has no room for the wait. Dispose ends the turn.</summary>
    public async Task<IDisposable?> EnterAsync(TimeBudget budget)
    {
        try
        {
            // the slot first: turns that were given while all slots were taken would be a burst once these are free
            await _slots.Reader.ReadAsync(budget.Stop);
        }
        catch (OperationCanceledException) when (budget.IsSpent)
        {
            return null;
        }

        var turn = new Turn(_slots.Writer);
        try
        {
            if (TryReserve(budget.Left, out var wait))
            {
                if (wait > TimeSpan.Zero) await Task.Delay(wait, time, budget.Stop);
                return turn;
            }
        }
        catch (OperationCanceledException) when (budget.IsSpent)
        {
            // the clock was faster than the sum
        }
        catch
        {
            turn.Dispose();
            throw;
        }

        turn.Dispose();
        return null;
    }

    /// <summary>Counts a turn of somebody who cannot wait; those after it wait the longer.</summary>
    public void Count()
    {
        lock (_turns)
        {
            _rested = Later(_rested, Now) + interval;
        }
    }

    /// <summary>Why a source was not asked. Nothing in it says that the source is not well.</summary>
    public string Spared(TimeSpan budget) => string.Create(
        CultureInfo.InvariantCulture,
        $"not asked: its rate limit ({what}, {atOnce} at once, shared by all diagnoses) left no turn within {budget.TotalSeconds:0.#} s; it was spared, and nothing is known of how it is");

    /// <summary>Why there is no answer of a source that was asked late.</summary>
    /// <param name="left">Of the budget, when it was asked.</param>
    public string LeftLittle(TimeSpan left, TimeSpan budget) => string.Create(
        CultureInfo.InvariantCulture,
        $"no answer within the {left.TotalSeconds:0.##} s that its rate limit ({what}, {atOnce} at once, shared by all diagnoses) left of {budget.TotalSeconds:0.#} s");

    private TimeSpan Now => time.GetElapsedTime(_begun);

    private bool TryReserve(TimeSpan budget, out TimeSpan wait)
    {
        lock (_turns)
        {
            var now = Now;
            wait = Later(_rested - (interval * (burst - 1)), now) - now;
            if (wait >= budget) return false;
            _rested = Later(_rested, now) + interval;
            return true;
        }
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    // whoever waited longest for one gets it
    private static Channel<int> Slots(int number)
    {
        var slots = Channel.CreateUnbounded<int>();
        for (var i = 0; i < number; i++) slots.Writer.TryWrite(i);
        return slots;
    }

    private sealed class Turn(ChannelWriter<int> slots) : IDisposable
    {
        private ChannelWriter<int>? _slots = slots;

        public void Dispose() => Interlocked.Exchange(ref _slots, null)?.TryWrite(0);
    }
}
