using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>Booleans as Kubernetes reads them: its YAML is 1.1, in which <c>yes</c> and <c>on</c> are true (github.com/kubernetes-sigs/yaml).</summary>
internal static class KubernetesBooleans
{
    private const string Tag = "tag:yaml.org,2002:bool";

    /// <summary>Whether a node says yes or no; null where it says neither.</summary>
    public static bool? Switch(this YamlNode? node) => node is not YamlScalar scalar || !(scalar.IsPlain || scalar.Tag is Tag or "!!bool") ? null : scalar.Value switch
    {
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" or "y" or "Y" => true,
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" or "n" or "N" => false,
        _ => null,
    };

    /// <summary>The same of what stands under a key.</summary>
    public static bool? Switch(this YamlNode? node, string key) => node.Get(key).Switch();
}
