using System.Collections.Concurrent;
using System.Data.Common;
using System.Linq.Expressions;
using System.Reflection;

namespace OpsBot.Storage.Engine;

/// <summary>A statement that waits for company.</summary>
/// <param name="Parameters">An object whose properties are the parameters by name, as Dapper takes it.</param>
/// <param name="UnlessOne">What to throw where it does not concern exactly one row.</param>
internal sealed record DeferredWrite(string Sql, object Parameters, Func<Exception>? UnlessOne)
{
    private static readonly ConcurrentDictionary<Type, (string Name, Func<object, object?> Read)[]> Readers = new();

    public DbBatchCommand ToCommand(DbBatchCommand command)
    {
#pragma warning disable CA2100 // texts of this project; values are parameters
        command.CommandText = Sql;
#pragma warning restore CA2100
        foreach (var (name, read) in Readers.GetOrAdd(Parameters.GetType(), static type => ReadersOf(type)))
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = read(Parameters) ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static (string Name, Func<object, object?> Read)[] ReadersOf(Type type) =>
    [
        .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property =>
        {
            var parameters = Expression.Parameter(typeof(object));
            var read = Expression.Convert(Expression.Property(Expression.Convert(parameters, type), property), typeof(object));
            return (property.Name, Expression.Lambda<Func<object, object?>>(read, parameters).Compile());
        }),
    ];
}
