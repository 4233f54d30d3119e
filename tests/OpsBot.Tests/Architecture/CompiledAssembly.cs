using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace OpsBot.Tests.Architecture;

/// <summary>A method or property that others can see, and the types in its signature.</summary>
internal sealed record Signature(string Type, string Member, IReadOnlyList<string> Mentions);

/// <summary>What the metadata of an assembly says; nothing of it is loaded or run.</summary>
/// <param name="References">Assemblies of which something is used.</param>
/// <param name="Calls">Members of other assemblies that the code names, as <c>System.DateTime.get_UtcNow</c>.</param>
internal sealed record CompiledAssembly(string Name, IReadOnlyList<string> References, IReadOnlyList<string> Calls, IReadOnlyList<Signature> Signatures)
{
    public static CompiledAssembly Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream);
    }

    public static CompiledAssembly Read(Stream stream)
    {
        using var file = new PEReader(stream, PEStreamOptions.LeaveOpen);
        var reader = file.GetMetadataReader();
        return new CompiledAssembly(
            reader.GetString(reader.GetAssemblyDefinition().Name),
            [.. reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name))],
            [.. reader.MemberReferences.Select(handle => CallName(reader, reader.GetMemberReference(handle)))],
            [.. reader.TypeDefinitions.SelectMany(handle => SignaturesOf(reader, reader.GetTypeDefinition(handle)))]);
    }

    private static string CallName(MetadataReader reader, MemberReference member)
    {
        var parent = member.Parent.Kind switch
        {
            HandleKind.TypeReference => TypeNames.Of(reader, (TypeReferenceHandle)member.Parent),
            HandleKind.TypeDefinition => TypeNames.Of(reader, (TypeDefinitionHandle)member.Parent),
            HandleKind.TypeSpecification => string.Join(' ', reader.GetTypeSpecification((TypeSpecificationHandle)member.Parent).DecodeSignature(new TypeNames(), null)),
            _ => "",
        };
        return $"{parent}.{reader.GetString(member.Name)}";
    }

    private static IEnumerable<Signature> SignaturesOf(MetadataReader reader, TypeDefinition type)
    {
        var name = TypeNames.FullName(reader, type);
        if (name.Contains('<', StringComparison.Ordinal))
        {
            yield break; // what the compiler made
        }

        foreach (var handle in type.GetMethods())
        {
            var method = reader.GetMethodDefinition(handle);
            if ((method.Attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Private or MethodAttributes.PrivateScope)
            {
                continue;
            }

            var signature = method.DecodeSignature(new TypeNames(), null);
            yield return new Signature(name, reader.GetString(method.Name), [.. signature.ReturnType, .. signature.ParameterTypes.SelectMany(p => p)]);
        }

        foreach (var handle in type.GetFields())
        {
            var field = reader.GetFieldDefinition(handle);
            if ((field.Attributes & FieldAttributes.FieldAccessMask) is not (FieldAttributes.Private or FieldAttributes.PrivateScope))
            {
                yield return new Signature(name, reader.GetString(field.Name), field.DecodeSignature(new TypeNames(), null));
            }
        }
    }

    /// <summary>Decodes a signature into the full names of all types that stand in it.</summary>
    private sealed class TypeNames : ISignatureTypeProvider<ImmutableArray<string>, object?>
    {
        public static string FullName(MetadataReader reader, TypeDefinition type)
        {
            var name = reader.GetString(type.Name);
            return type.GetDeclaringType() is { IsNil: false } outer
                ? $"{FullName(reader, reader.GetTypeDefinition(outer))}.{name}"
                : $"{reader.GetString(type.Namespace)}.{name}";
        }

        public static string Of(MetadataReader reader, TypeDefinitionHandle handle) => FullName(reader, reader.GetTypeDefinition(handle));

        public static string Of(MetadataReader reader, TypeReferenceHandle handle)
        {
            var type = reader.GetTypeReference(handle);
            var name = reader.GetString(type.Name);
            return type.ResolutionScope.Kind == HandleKind.TypeReference
                ? $"{Of(reader, (TypeReferenceHandle)type.ResolutionScope)}.{name}"
                : $"{reader.GetString(type.Namespace)}.{name}";
        }

        public ImmutableArray<string> GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => [Of(reader, handle)];

        public ImmutableArray<string> GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => [Of(reader, handle)];

        public ImmutableArray<string> GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public ImmutableArray<string> GetGenericInstantiation(ImmutableArray<string> genericType, ImmutableArray<ImmutableArray<string>> typeArguments) =>
            [.. genericType, .. typeArguments.SelectMany(argument => argument)];

        public ImmutableArray<string> GetFunctionPointerType(MethodSignature<ImmutableArray<string>> signature) =>
            [.. signature.ReturnType, .. signature.ParameterTypes.SelectMany(parameter => parameter)];

        public ImmutableArray<string> GetArrayType(ImmutableArray<string> elementType, ArrayShape shape) => elementType;

        public ImmutableArray<string> GetByReferenceType(ImmutableArray<string> elementType) => elementType;

        public ImmutableArray<string> GetPointerType(ImmutableArray<string> elementType) => elementType;

        public ImmutableArray<string> GetPinnedType(ImmutableArray<string> elementType) => elementType;

        public ImmutableArray<string> GetSZArrayType(ImmutableArray<string> elementType) => elementType;

        public ImmutableArray<string> GetModifiedType(ImmutableArray<string> modifier, ImmutableArray<string> unmodifiedType, bool isRequired) => unmodifiedType;

        public ImmutableArray<string> GetGenericMethodParameter(object? genericContext, int index) => [];

        public ImmutableArray<string> GetGenericTypeParameter(object? genericContext, int index) => [];

        public ImmutableArray<string> GetPrimitiveType(PrimitiveTypeCode typeCode) => [];
    }
}
