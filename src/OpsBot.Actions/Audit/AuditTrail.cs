using OpsBot.Contracts.Actions;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Audit;
using OpsBot.Storage.Engine;

namespace OpsBot.Actions.Audit;

internal sealed class AuditTrail(AuditKey key, IRedactor redactor) : IAuditTrail
{
    private const int LongestWord = 200;

    private volatile bool _fits;

    public async Task AppendAsync(StoreTransaction transaction, AuditEntry entry, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(entry);
        // Writers are one at a time, so the head stays the head until this is committed; the key of the table would refuse a second of that number.
        var (seq, mac) = await AuditTable.HeadAsync(transaction);
        var secret = key.Get(mayCreate: seq == 0);
        if (!_fits && seq > 0)
        {
            // Once a process: a chain that goes on with another key could be verified by nobody.
            if (!AuditChain.Knows(secret, await AuditTable.NewestAsync(transaction, AuditKeyGuard.Rows)))
            {
                throw new StoreException(key.Differs(seq));
            }

            _fits = true;
        }

        var row = new AuditRow(
            seq + 1, at, Word(entry.Kind), Word(entry.Actor), Word(entry.Subject), AuditBody.Write(entry.Details, redactor), "");
        await AuditTable.AppendAsync(transaction, row with { Mac = AuditChain.Mac(secret, row, mac) });
    }

    private string Word(string text) => AuditBody.Cut(redactor.Redact(text), LongestWord);
}
