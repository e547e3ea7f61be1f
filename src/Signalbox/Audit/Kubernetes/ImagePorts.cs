using Signalbox.Delivery;

namespace Signalbox.Audit.Kubernetes;

/// <summary>The TCP port that well-known images listen on where nobody tells them otherwise.</summary>
/// <remarks>EXPOSE of the Docker Official Images (hub.docker.com, "How to use this image"), and of a few others that document it.</remarks>
internal static class ImagePorts
{
    private static readonly Dictionary<string, int> s_ports = new(StringComparer.Ordinal)
    {
        ["nginx"] = 80,
        ["httpd"] = 80,
        ["caddy"] = 80,
        ["traefik"] = 80,
        ["wordpress"] = 80,
        ["drupal"] = 80,
        ["joomla"] = 80,
        ["nextcloud"] = 80,
        ["ghost"] = 2368,
        ["nginxinc/nginx-unprivileged"] = 8080,
        ["tomcat"] = 8080,
        ["jetty"] = 8080,
        ["adminer"] = 8080,
        ["mongo-express"] = 8081,
        ["registry"] = 5000,
        ["sonarqube"] = 9000,
        ["redis"] = 6379,
        ["memcached"] = 11211,
        ["postgres"] = 5432,
        ["mysql"] = 3306,
        ["mariadb"] = 3306,
        ["mongo"] = 27017,
        ["cassandra"] = 9042,
        ["couchdb"] = 5984,
        ["influxdb"] = 8086,
        ["neo4j"] = 7687,
        ["rabbitmq"] = 5672,
        ["nats"] = 4222,
        ["eclipse-mosquitto"] = 1883,
        ["zookeeper"] = 2181,
        ["solr"] = 8983,
        ["grafana/grafana"] = 3000,
        ["prom/prometheus"] = 9090,
    };

    /// <returns>Null for every other image.</returns>
    public static int? Of(WrittenImage image)
    {
        if (image.Host != ImageName.Hub) return null;
        var name = image.Repository.StartsWith("library/", StringComparison.Ordinal) ? image.Repository["library/".Length..] : image.Repository;
        return s_ports.TryGetValue(name, out var port) ? port : null;
    }
}
