using System.Buffers.Binary;
using System.Data.Common;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Copy;

/// <summary>
/// How many rows a table has and what is in them, whatever order they come in: the sum of the SHA-256 of all rows. Equal on both engines exactly where the rows
/// are.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TableDigest(long Rows, ulong A, ulong B, ulong C, ulong D)
{
    public static async Task<TableDigest> OfAsync(DbConnection connection, Table table, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // names from the catalogue, quoted
        command.CommandText = RowValues.Select(connection, table);
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var sum = default(TableDigest);
        while (await reader.ReadAsync(cancellationToken))
        {
            for (var i = 0; i < table.Columns.Count; i++)
            {
                Append(hash, RowValues.Read(reader, i, table, table.Columns[i], out _));
            }

            sum = sum.With(hash.GetHashAndReset());
        }

        return sum;
    }

    private TableDigest With(byte[] row)
    {
        var parts = MemoryMarshal.Cast<byte, ulong>(row);
        return unchecked(new TableDigest(Rows + 1, A + parts[0], B + parts[1], C + parts[2], D + parts[3]));
    }

    // Kind and length first, so that no two rows are written alike.
    private static void Append(IncrementalHash hash, object? value)
    {
        var (kind, bytes) = value switch
        {
            null => ((byte)0, Array.Empty<byte>()),
            long number => ((byte)1, BitConverter.GetBytes(number)),
            string text => ((byte)2, Encoding.UTF8.GetBytes(text)),
            byte[] raw => ((byte)3, raw),
            _ => throw new StoreException($"A value of the type {value.GetType().Name} is none that a store has."),
        };
        Span<byte> head = stackalloc byte[5];
        head[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], bytes.Length);
        hash.AppendData(head);
        hash.AppendData(bytes);
    }
}
