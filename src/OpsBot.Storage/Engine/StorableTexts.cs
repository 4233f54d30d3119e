using System.Text;
using Npgsql.Internal;
using Npgsql.Internal.Postgres;

// The driver may change these types with any version; StorableTextTests tell what they must still do then.
#pragma warning disable NPG9001

namespace OpsBot.Storage.Engine;

/// <summary>
/// Every text that goes to PostgreSQL, be it a parameter of a read or a write, alone, in an array or in a batch, as <see cref="PostgresText.Storable"/> makes
/// it: no text from outside can have a statement refused, and one that is looked for is found as it was stored.
/// </summary>
internal sealed class StorableTexts : PgTypeInfoResolverFactory
{
    public override IPgTypeInfoResolver CreateResolver() => new Resolver(isOfArrays: false);

    public override IPgTypeInfoResolver CreateArrayResolver() => new Resolver(isOfArrays: true);

    private sealed class Resolver(bool isOfArrays) : IPgTypeInfoResolver
    {
        private static readonly DataTypeName Text = new("pg_catalog.text");

        private readonly TypeInfoMappingCollection _mappings = Mappings(isOfArrays);

        public PgTypeInfo? GetTypeInfo(Type? type, DataTypeName? dataTypeName, PgSerializerOptions options) => _mappings.Find(type, dataTypeName, options);

        private static TypeInfoMappingCollection Mappings(bool isOfArrays)
        {
            var mappings = new TypeInfoMappingCollection();
            mappings.AddType<string>(Text, static (options, mapping, _) => mapping.CreateInfo(options, new Converter(options.TextEncoding)), isDefault: true);
            if (isOfArrays)
            {
                mappings.AddArrayType<string>(Text);
            }

            return mappings;
        }
    }

    private sealed class Converter(Encoding encoding) : PgStreamingConverter<string>
    {
        public override bool CanConvert(DataFormat format, out BufferRequirements bufferRequirements)
        {
            bufferRequirements = BufferRequirements.None;
            return format is DataFormat.Binary or DataFormat.Text;
        }

        public override string Read(PgReader reader) => encoding.GetString(reader.ReadBytes(reader.CurrentRemaining));

        public override async ValueTask<string> ReadAsync(PgReader reader, CancellationToken cancellationToken = default) =>
            encoding.GetString(await reader.ReadBytesAsync(reader.CurrentRemaining, cancellationToken));

        public override Size GetSize(SizeContext context, string value, ref object? writeState)
        {
            var storable = PostgresText.Storable(value);
            // kept for the writing, which comes later
            writeState = ReferenceEquals(storable, value) ? null : storable;
            return encoding.GetByteCount(storable);
        }

        public override void Write(PgWriter writer, string value) => writer.WriteChars(Of(writer, value), encoding);

        public override ValueTask WriteAsync(PgWriter writer, string value, CancellationToken cancellationToken = default) =>
            writer.WriteCharsAsync(Of(writer, value).AsMemory(), encoding, cancellationToken);

        private static string Of(PgWriter writer, string value) => writer.Current.WriteState as string ?? value;
    }
}
