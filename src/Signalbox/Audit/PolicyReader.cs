using Signalbox.Yaml;

namespace Signalbox.Audit;

/// <summary>Reads the <c>audit</c> section of a project's <c>signalbox.yaml</c>; what it does not say stays as it is by default.</summary>
internal static class PolicyReader
{
    public const string FileName = "signalbox.yaml";

    public static AuditPolicy Read(SourceFile? file)
    {
        if (file?.Yaml is not { Problems: [], Documents: [var root, ..] } || root.Get("audit") is not YamlMapping audit) return AuditPolicy.Default;
        return new()
        {
            AllowedActions = Texts(audit.Get("actions", "allow")),
            DeniedActions = Texts(audit.Get("actions", "deny")),
        };
    }

    private static IReadOnlyList<string> Texts(YamlNode? node) => [.. node.ItemsOrSelf().Select(i => i.Text()).OfType<string>()];
}
