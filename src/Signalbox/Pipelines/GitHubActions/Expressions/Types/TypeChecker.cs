using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitHubActions.Expressions.Types;

/// <summary>Finds the type of an expression and everything in it that cannot evaluate as meant.</summary>
internal sealed class TypeChecker(ExpressionScope scope)
{
    private readonly List<ExpressionProblem> _problems = [];

    public static (ExpressionType Type, IReadOnlyList<ExpressionProblem> Problems) Check(Expression expression, ExpressionScope scope)
    {
        var checker = new TypeChecker(scope);
        var type = checker.TypeOf(expression);
        return (type, checker._problems);
    }

    private ExpressionType TypeOf(Expression expression) => expression switch
    {
        NullLiteral => ExpressionType.Null,
        BooleanLiteral => ExpressionType.Boolean,
        NumberLiteral => ExpressionType.Number,
        StringLiteral => ExpressionType.String,
        ContextName name => Context(name),
        PropertyAccess access => Property(access),
        FilterAccess access => Filter(access),
        IndexAccess access => Index(access),
        FunctionCall call => Call(call),
        NotOperation not => Not(not),
        Comparison comparison => Compare(comparison),
        LogicalOperation logical => Logical(logical),
        _ => ExpressionType.Any,
    };

    private AnyType Wrong(Expression at, string message)
    {
        _problems.Add(new(message, at.Range));
        return ExpressionType.Any;
    }

    private ExpressionType Context(ContextName name)
    {
        if (scope.Contexts.Find(name.Name) is not { } type)
            return Wrong(name, $"there is no context '{YamlQuote.Short(name.Name)}'; expected one of {Listed(scope.Contexts.Names)}");
        if (!scope.Place.Contexts.Contains(name.Name))
            Wrong(name, scope.Place.Contexts.Count == 0
                ? $"context '{name.Name}' does not exist here: nothing but literals does"
                : $"context '{name.Name}' does not exist in {scope.Place.Key}; expected one of {Listed(scope.Place.Contexts)}");
        return type;
    }

    private ExpressionType Property(PropertyAccess access)
    {
        var receiver = TypeOf(access.Receiver);
        return receiver switch
        {
            AnyType => receiver,
            ObjectType o => access.Receiver is ContextName { Name: "vars" } && !IsVariableName(access.Name)
                ? Wrong(access, $"'{YamlQuote.Short(access.Name)}' cannot be the name of a variable: letters, digits and _ only, and not GITHUB_ at its beginning")
                : o.Property(access.Name) ?? Missing(access, access.Receiver, access.Name, o),
            ArrayType { Filtered: true } list => new ArrayType(list.Element switch
            {
                ObjectType element => element.Property(access.Name) ?? Missing(access, access.Receiver, access.Name, element),
                AnyType any => any,
                var other => Wrong(access, $"'.{YamlQuote.Short(access.Name)}' is asked of {other.Name}; only objects have properties"),
            }, true),
            _ => Wrong(access, $"'.{YamlQuote.Short(access.Name)}' is asked of {receiver.Name}; only objects have properties"),
        };
    }

    private AnyType Missing(Expression at, Expression receiver, string name, ObjectType type)
    {
        var owner = receiver.Path is { } path ? $"'{YamlQuote.Short(path)}'" : "the object";
        return Wrong(at, type.Properties.Count == 0
            ? $"{owner} has no '{YamlQuote.Short(name)}': it is empty here"
            : $"{owner} has no '{YamlQuote.Short(name)}'; expected one of {Listed(type.Properties.Keys)}");
    }

    // docs.github.com, "Variables reference", naming conventions
    private static bool IsVariableName(string name) =>
        !name.StartsWith("github_", StringComparison.OrdinalIgnoreCase) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private ExpressionType Filter(FilterAccess access)
    {
        var receiver = TypeOf(access.Receiver);
        return receiver switch
        {
            AnyType => new ArrayType(receiver, true),
            ArrayType list => list with { Filtered = true },
            ObjectType { Others: ObjectType or AnyType } map => new ArrayType(map.Others, true),
            ObjectType { IsStrict: true } o when o.Properties.Values.Any(p => p is ObjectType) => new ArrayType(ExpressionType.Any, true),
            _ => Wrong(access, $"'.*' is asked of {receiver.Name} without objects in it"),
        };
    }

    private ExpressionType Index(IndexAccess access)
    {
        var index = TypeOf(access.Index);
        var operand = TypeOf(access.Operand);
        return (operand, index) switch
        {
            (AnyType, _) => operand,
            (ArrayType list, AnyType or NumberType) => list.Element,
            (ArrayType, _) => Wrong(access.Index, $"a list is indexed by {index.Name}; expected a number"),
            (ObjectType, AnyType) => index,
            (ObjectType o, StringType) when access.Index is StringLiteral name => o.Property(name.Value) ?? Missing(access, access.Operand, name.Value, o),
            (ObjectType o, StringType) => o.Others ?? ExpressionType.Any,
            (ObjectType, _) => Wrong(access.Index, $"an object is indexed by {index.Name}; expected text"),
            _ => Wrong(access, $"{operand.Name} is indexed; expected a list or an object"),
        };
    }

    private ExpressionType Call(FunctionCall call)
    {
        var arguments = call.Arguments.Select(TypeOf).ToList();
        if (FunctionTable.Find(call.Name) is not { } signatures)
            return Wrong(call, $"there is no function '{YamlQuote.Short(call.Name)}'; expected one of {Listed(FunctionTable.Names)}");
        ExpressionProblem? first = null;
        foreach (var signature in signatures)
        {
            if (Misfit(call, signature, arguments) is not { } problem) return Special(call, signature);
            first ??= problem;
        }
        _problems.Add(first!);
        return ExpressionType.Any;
    }

    private static ExpressionProblem? Misfit(FunctionCall call, FunctionSignature signature, List<ExpressionType> arguments)
    {
        var expected = signature.Parameters.Count;
        if (signature.Repeats ? arguments.Count < expected : arguments.Count != expected)
            return new($"{signature.Name} is given {arguments.Count} argument(s); expected {(signature.Repeats ? "at least " : "")}{expected}", call.Range);
        for (var i = 0; i < arguments.Count; i++)
        {
            var parameter = signature.Parameters[Math.Min(i, expected - 1)];
            if (!parameter.Takes(arguments[i]))
                return new($"argument {i + 1} of {signature.Name} is {arguments[i].Name}; expected {parameter.Name}", call.Arguments[i].Range);
        }
        return null;
    }

    private ExpressionType Special(FunctionCall call, FunctionSignature signature)
    {
        var name = signature.Name.ToLowerInvariant();
        if (name is "hashfiles" or "success" or "always" or "cancelled" or "failure" && !scope.Place.Functions.Contains(name))
            Wrong(call, $"{signature.Name} does not exist in {scope.Place.Key}");
        switch (name)
        {
            case "format" when call.Arguments[0] is StringLiteral template:
                foreach (var problem in FormatTemplate.Problems(template.Value, call.Arguments.Count - 1)) Wrong(call, problem);
                break;
            case "fromjson" when call.Arguments[0] is StringLiteral json:
                return JsonType.Of(json.Value, out var error) ?? Wrong(json, $"fromJSON is given text that is not JSON: {error}");
            case "case" when call.Arguments.Count % 2 == 0:
                Wrong(call, $"case is given {call.Arguments.Count} arguments; expected pairs of condition and value, and one value at the end");
                break;
        }
        return signature.Result;
    }

    private BooleanType Not(NotOperation not)
    {
        TypeOf(not.Operand);
        return ExpressionType.Boolean;
    }

    private BooleanType Compare(Comparison comparison)
    {
        var (left, right) = (TypeOf(comparison.Left), TypeOf(comparison.Right));
        if (!(comparison.IsEquality ? CanEqual(left, right) : CanOrder(left) && CanOrder(right)))
            Wrong(comparison, $"{left.Name} is compared with {right.Name} by {comparison.Operator}, which is false whatever they are");
        return ExpressionType.Boolean;
    }

    // docs.github.com, "Operators": values of two types become numbers, and lists and objects become NaN
    private static bool CanEqual(ExpressionType left, ExpressionType right) => (left, right) switch
    {
        (AnyType or NullType, _) or (_, AnyType or NullType) => true,
        (ObjectType, ObjectType) => true,
        (ArrayType a, ArrayType b) => CanEqual(a.Element, b.Element),
        (ObjectType or ArrayType, _) or (_, ObjectType or ArrayType) => false,
        _ => true,
    };

    private static bool CanOrder(ExpressionType type) => type is AnyType or NumberType or StringType;

    /// <summary><c>a &amp;&amp; b || c</c> is b or c: what a is does not matter where it cannot be the result.</summary>
    private ExpressionType Logical(LogicalOperation logical) => Narrowed(logical.Left, !logical.IsAnd).Or(TypeOf(logical.Right));

    /// <summary>The type of an operand that is known to be true or false where its value is used.</summary>
    private ExpressionType Narrowed(Expression operand, bool truth)
    {
        if (operand is NotOperation not) return Narrowed(not.Operand, !truth);
        if (operand is not LogicalOperation logical || logical.IsAnd != truth) return TypeOf(operand);
        TypeOf(logical.Left);
        return TypeOf(logical.Right);
    }

    private static string Listed(IEnumerable<string> names)
    {
        var sorted = names.Order(StringComparer.Ordinal).ToList();
        return string.Join(", ", sorted.Take(MostListed)) + (sorted.Count > MostListed ? " …" : "");
    }

    private const int MostListed = 14;
}
