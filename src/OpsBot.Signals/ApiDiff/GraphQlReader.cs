using GraphQLParser;
using GraphQLParser.AST;
using GraphQLParser.Exceptions;

namespace OpsBot.Signals.ApiDiff;

/// <summary>GraphQL's schema definition language: types by their names, fields of the root types among them.</summary>
internal sealed class GraphQlReader
{
    private readonly ApiDescription _description = new(ApiFormat.GraphQl);
    private int _nodes;

    public static ApiDescription Read(string text)
    {
        GraphQLDocument document;
        try
        {
            document = Parser.Parse(text, new ParserOptions { Ignore = IgnoreOptions.All, MaxDepth = ApiReader.MaxDepth });
        }
        catch (GraphQLParserException wrong)
        {
            throw new UnreadableApiException($"the description is not valid GraphQL: {ApiText.Short(wrong.Message)}", wrong);
        }

        var reader = new GraphQlReader();
        foreach (var definition in document.Definitions)
        {
            reader.Definition(definition);
        }

        return reader._description.Types.Count == 0
            ? throw new UnreadableApiException("the description defines no type; it has to be a schema, and not a query")
            : reader._description;
    }

    /// <summary>An extension adds to what stands there already.</summary>
    private void Definition(ASTNode definition)
    {
        switch (definition)
        {
            case GraphQLObjectTypeDefinition type: Object(Named(type.Name, "type"), type.Fields, type.Interfaces); break;
            case GraphQLObjectTypeExtension type: Object(Named(type.Name, "type"), type.Fields, type.Interfaces); break;
            case GraphQLInterfaceTypeDefinition type: Object(Named(type.Name, "interface"), type.Fields, type.Interfaces); break;
            case GraphQLInterfaceTypeExtension type: Object(Named(type.Name, "interface"), type.Fields, type.Interfaces); break;
            case GraphQLInputObjectTypeDefinition type: Input(Named(type.Name, "input"), type.Fields); break;
            case GraphQLInputObjectTypeExtension type: Input(Named(type.Name, "input"), type.Fields); break;
            case GraphQLEnumTypeDefinition type: Enum(Named(type.Name, "enum"), type.Values); break;
            case GraphQLEnumTypeExtension type: Enum(Named(type.Name, "enum"), type.Values); break;
            case GraphQLUnionTypeDefinition type: Members(Named(type.Name, "union"), type.Types?.Items); break;
            case GraphQLUnionTypeExtension type: Members(Named(type.Name, "union"), type.Types?.Items); break;
            case GraphQLScalarTypeDefinition type: Named(type.Name, "scalar"); break;
        }
    }

    private ApiType Named(GraphQLName name, string sort)
    {
        Count();
        if (!_description.Types.TryGetValue(name.StringValue, out var type))
        {
            _description.Types[name.StringValue] = type = new ApiType { Name = name.StringValue, Sort = sort };
        }

        return type;
    }

    private void Object(ApiType type, GraphQLFieldsDefinition? fields, GraphQLImplementsInterfaces? interfaces)
    {
        foreach (var field in fields?.Items ?? [])
        {
            Count();
            var arguments = new Dictionary<string, ApiField>(StringComparer.Ordinal);
            foreach (var argument in field.Arguments?.Items ?? [])
            {
                arguments[argument.Name.StringValue] = Value(argument);
            }

            type.Fields[field.Name.StringValue] = new ApiField(field.Name.StringValue, Reference(field.Type), Required: true) { Arguments = arguments };
        }

        Members(type, interfaces?.Items);
    }

    private void Input(ApiType type, GraphQLInputFieldsDefinition? fields)
    {
        foreach (var field in fields?.Items ?? [])
        {
            type.Fields[field.Name.StringValue] = Value(field);
        }
    }

    /// <summary>A value that cannot be null has to be given, where nothing stands in for it.</summary>
    private ApiField Value(GraphQLInputValueDefinition value)
    {
        Count();
        var type = Reference(value.Type);
        return new ApiField(value.Name.StringValue, type, !type.Nullable && value.DefaultValue is null) { HasDefault = value.DefaultValue is not null };
    }

    private void Enum(ApiType type, GraphQLEnumValuesDefinition? values)
    {
        type.Values ??= new(StringComparer.Ordinal);
        foreach (var value in values?.Items ?? [])
        {
            Count();
            type.Values[value.Name.StringValue] = null;
        }
    }

    private void Members(ApiType type, IEnumerable<GraphQLNamedType>? members)
    {
        foreach (var member in members ?? [])
        {
            Count();
            type.Options.Add(new ApiType { Name = member.Name.StringValue, Reference = member.Name.StringValue });
        }
    }

    private ApiType Reference(GraphQLType type)
    {
        Count();
        var stays = type is GraphQLNonNullType;
        var of = type is GraphQLNonNullType inner ? inner.Type : type;
        return of is GraphQLListType list
            ? new ApiType { Nullable = !stays, Element = Reference(list.Type) }
            : new ApiType { Nullable = !stays, Reference = ((GraphQLNamedType)of).Name.StringValue };
    }

    private void Count()
    {
        if (++_nodes > ApiReader.MaxNodes)
        {
            throw new UnreadableApiException($"the description has more than {ApiReader.MaxNodes} types and fields");
        }
    }
}
